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
    ('abba', 'abba'), ('gaye', 'marvin'), ('gaye', 'gaye')
) AS t(midi_word, audio_word);
