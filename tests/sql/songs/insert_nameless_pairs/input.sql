CREATE TEMP TABLE nameless_pairs AS SELECT * FROM (VALUES (4, 6), (4, 7)) AS t(midi_song, audio_song);
INSERT INTO song_pairs VALUES (5, 3, 0.9, 0.9, 0.9), (4, 7, 0.8, NULL, 1);
