INSERT INTO song_pairs VALUES (1, 1, 1, 1, 1), (5, 3, 0.91, 0.9, 0.92);
INSERT INTO song_pair_coverage VALUES ('a', 9, 9);
