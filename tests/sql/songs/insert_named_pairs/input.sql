CREATE TEMP TABLE scored_titles AS
SELECT row_number() OVER () AS midi_song, 9 AS audio_song, *, midi_key AS midi_core, audio_key AS audio_core
FROM (VALUES
    (1.0, 0.98, 'help', 'help', 'help', 'help'),
    (0.8, 0.85, 'help me', 'help him', 'help', 'help'),
    (0.7, 1.0, 'help', 'help', 'help', 'help'),
    (1.0, 0.97, 'wall part 1', 'wall part 2', 'wall part 1', 'wall part 2'),
    (1.0, 0.97, 'unforgiven', 'unforgiven ii', 'unforgiven', 'unforgiven ii'),
    (1.0, 0.6, 'cat people', 'cat people putting out fire', 'cat people', 'cat people putting out fire'),
    (1.0, 0.6, 'kiss', 'kiss when the sun dont shine', 'kiss', 'kiss when sun shine'),
    (1.0, 0.6, 'kiss studio mix', 'kiss', 'kiss studio mix', 'kiss'),
    (1.0, 0.9, 'pearls part 2', 'pearls', 'pearls part 2', 'pearls')
) AS t(artist_similarity, likeness, midi_key, audio_key, midi_content, audio_content);
INSERT INTO song_pairs VALUES (1, 9, 0.5, 0.5, 0.5);
