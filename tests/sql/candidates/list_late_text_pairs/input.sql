UPDATE names SET song_seq = name_seq;
INSERT INTO songs BY NAME SELECT name_seq AS song_seq, lower(coalesce(artist, '')) AS artist_key, '' AS artist_run, lower(title) AS title_key, '' AS title_core FROM names;
INSERT INTO song_pairs VALUES (1, 5, 1.0, 1.0, 1.0), (3, 6, 0.9, NULL, 0.9), (4, 6, 0.95, 0.9, 1.0), (3, 7, 0.85, NULL, 0.85);
-- Run 2 covers items 1 with 1 and 2; a run of other settings has met all. The second pair was there in time.
INSERT INTO song_pairs VALUES (1, 6, 0.8, 0.8, 0.8);
INSERT INTO candidate_rows VALUES (2, 'text', 1, 2, 1, 0.8), (1, 'text', 1, 1, 1, 1.0);
