INSERT INTO songs VALUES
    (1, 'abba', 'abba', 'waterloo', 'waterloo'),
    (2, 'bjork', 'bjork', 'joga', 'joga'),
    (3, 'gaye marvin', 'marvingaye', 'whats going on part 2', 'whats going on'),
    (4, '', '', 'joga 27 no 123', 'joga'),
    (5, 'gaye', 'gaye', 'whats goin on', 'whats goin on');
INSERT INTO song_words VALUES
    ('abba', 'artist', 1), ('waterloo', 'title', 1), ('bjork', 'artist', 2), ('joga', 'title', 2),
    ('gaye', 'artist', 3), ('marvin', 'artist', 3), ('marvingaye', 'artist', 3),
    ('whatsgoingonpart2', 'title', 3), ('whats', 'title', 3), ('going', 'title', 3), ('on', 'title', 3),
    ('part', 'title', 3), ('2', 'title', 3), ('joga', 'title', 4),
    ('gaye', 'artist', 5), ('whatsgoinon', 'title', 5), ('whats', 'title', 5), ('goin', 'title', 5), ('on', 'title', 5);
UPDATE names SET song_seq = 1 WHERE name_seq IN (1, 5);
UPDATE names SET song_seq = 4 WHERE name_seq = 3;
UPDATE names SET song_seq = 3 WHERE name_seq IN (4, 6);
UPDATE names SET song_seq = 1 WHERE name_seq = 2;
