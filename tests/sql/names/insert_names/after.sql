SELECT name_seq, side, source, item_seq, artist, title FROM names WHERE name_seq = 20;
