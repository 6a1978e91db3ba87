CREATE TEMP TABLE chosen_songs AS SELECT * FROM (VALUES
    ('midi', 1, 'abba', 'abba'), ('midi', 2, 'gaye marvin', 'gayemarvin'), ('midi', 3, 'gaye marvin', 'marvingaye'),
    ('midi', 4, '', ''), ('audio', 1, 'abba', 'abba'), ('audio', 5, 'gaye', 'gaye'), ('audio', 6, 'bjork', 'bjork')
) AS t(side, song_seq, artist_key, artist_run);
CREATE TEMP TABLE artist_pairs AS SELECT * FROM (VALUES
    ('gaye marvin', 'gaye', 'marvingaye', 'gaye', 0.9), ('abba', 'bjork', 'abba', 'bjork', 0.1)
) AS t(midi_artist, audio_artist, midi_run, audio_run, similarity);
