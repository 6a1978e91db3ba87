CREATE TEMP TABLE nameless_pairs AS SELECT * FROM (VALUES (4, 6)) AS t(midi_song, audio_song);
INSERT INTO song_pairs VALUES (4, 6, 0.8, NULL, 1), (4, 7, 0.8, NULL, 1), (6, 4, 0.8, NULL, 1), (5, 3, 0.9, 0.9, 0.9);
