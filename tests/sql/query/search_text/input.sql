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
UPDATE names SET song_seq = 1 WHERE name_seq IN (1, 5);
UPDATE names SET song_seq = 2 WHERE name_seq = 4;
UPDATE names SET song_seq = 4 WHERE name_seq = 3;
INSERT INTO names BY NAME SELECT * FROM (VALUES
    (8, 'audio', 'metadata', 'Marvin Gaye', 'What''s Going On (Part 2)', 3, 'TR9', NULL),
    (9, 'midi', 'metadata', 'Gaye', 'What''s Goin'' On', 5, NULL, 'ff00')
) AS t(name_seq, side, source, artist, title, song_seq, track_id, md5);
