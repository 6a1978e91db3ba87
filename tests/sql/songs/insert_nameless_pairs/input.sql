CREATE TEMP TABLE song_candidates AS SELECT * FROM (VALUES
    (1, 1, 1.0, 1), (4, 6, NULL, 2), (5, 3, 0.9, 3)
) AS t(midi_song, audio_song, artist_similarity, place);
INSERT INTO song_pairs VALUES (5, 3, 0.9, 0.9, 0.9);
