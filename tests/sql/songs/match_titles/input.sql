CREATE TEMP TABLE chosen_songs AS SELECT * FROM (VALUES
    ('midi', 1, 'abba', 'abba', 'waterloo', 'waterloo', 'waterloo', 'waterloo'),
    ('audio', 1, 'abba', 'abba', 'waterloo', 'waterloo', 'waterloo', 'waterloo'),
    ('audio', 2, 'bjork', 'bjork', 'joga', 'joga', 'joga', 'joga'),
    ('audio', 3, 'gaye marvin', 'marvingaye', 'whats going on part 2', 'whats going on', 'whatsgoingonpart2', 'whats going part 2'),
    ('midi', 4, '', '', 'helpabba', 'helpabba', 'helpabba', 'helpabba'),
    ('audio', 6, 'abba', 'abba', 'help', 'help', 'help', 'help'),
    ('midi', 5, 'gaye', 'gaye', 'whats goin on', 'whats goin on', 'whatsgoinon', 'whats goin')
) AS t(side, song_seq, artist_key, artist_run, title_key, title_core, title_run, title_content);
CREATE TEMP TABLE near_words AS SELECT * FROM (VALUES
    ('artist', 'abba', 'abba', 2), ('artist', 'gaye', 'gaye', 1), ('title', 'waterloo', 'waterloo', 1),
    ('title', 'whats', 'whats', 1), ('title', 'goin', 'going', 1), ('title', 'on', 'on', 1)
) AS t(field, midi_word, audio_word, n_songs);
INSERT INTO song_words
SELECT DISTINCT unnest(string_split(title_key, ' ')), 'title', song_seq FROM chosen_songs;
CREATE TEMP TABLE artist_pairs AS SELECT * FROM (VALUES
    ('abba', 'abba', 1.0), ('gaye', 'gaye marvin', 0.9), ('gaye', 'bjork', 0.1)
) AS t(midi_artist, audio_artist, similarity);
