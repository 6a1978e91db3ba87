INSERT INTO song_pair_coverage VALUES ('a', 9, 9), ('b', 2, 5);
