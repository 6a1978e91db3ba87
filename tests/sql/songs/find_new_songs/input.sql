INSERT INTO songs VALUES
    (1, 'abba', 'abba', 'waterloo', 'waterloo'),
    (2, 'bjork', 'bjork', 'joga', 'joga'),
    (3, 'gaye marvin', 'marvingaye', 'whats going on part 2', 'whats going on'),
    (4, '', '', 'joga', 'joga'),
    (5, 'gaye', 'gaye', 'whats goin on', 'whats goin on');
INSERT INTO song_words VALUES
    ('abba', 'artist', 1), ('waterloo', 'title', 1), ('bjork', 'artist', 2), ('joga', 'title', 2),
    ('gaye', 'artist', 3), ('marvin', 'artist', 3), ('marvingaye', 'artist', 3),
    ('whatsgoingonpart2', 'title', 3), ('whats', 'title', 3), ('going', 'title', 3), ('on', 'title', 3),
    ('part', 'title', 3), ('2', 'title', 3), ('joga', 'title', 4),
    ('gaye', 'artist', 5), ('whatsgoinon', 'title', 5), ('whats', 'title', 5), ('goin', 'title', 5), ('on', 'title', 5);
CREATE TEMP TABLE folded_names AS SELECT * FROM (VALUES
    (1, 'abba', 'abba', 'waterloo', 'waterloo'), (5, 'abba', 'abba', 'waterloo', 'waterloo'),
    (4, 'bjork', 'bjork', 'joga', 'joga'), (3, '', '', 'joga', 'joga'), (2, '', '', 'unknown tune', 'unknown tune'),
    (6, 'gaye marvin', 'marvingaye', 'whats going on part 2', 'whats going on part 2'),
    (7, 'gaye marvin', 'gayemarvin', 'whats going on part 2', 'whats going on')
) AS t(name_seq, artist_key, artist_run, title_key, title_core);
