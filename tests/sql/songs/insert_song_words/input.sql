INSERT INTO songs VALUES (6, 'old', 'old', 'song', 'song'),
    (7, 'gaye marvin', 'marvingaye', 'boom boom', 'boom boom'), (8, '', '', 'joga', 'joga');
