DELETE FROM embeddings_part WHERE side = 'midi' AND item_seq = 2;
