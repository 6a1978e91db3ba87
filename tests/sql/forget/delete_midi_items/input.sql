DELETE FROM paths WHERE path_seq = 2;
