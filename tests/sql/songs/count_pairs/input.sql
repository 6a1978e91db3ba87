INSERT INTO song_pairs VALUES (1, 5, 1.0, 1.0, 1.0), (3, 6, 0.9, NULL, 0.9);
