-- The first path of item 2 has vanished; item 4 has a copy that is seen later.
UPDATE paths SET missing = true WHERE path_seq = 2;
INSERT INTO paths VALUES
    (8, 'midi', '/music/pop/again\xe9.mid', '/music/pop/again\xE9.mid'::BLOB, 'pop', 2, 11, 100, false),
    (9, 'midi', '/music/a joga.mid', '/music/a joga.mid'::BLOB, 'pop', 4, 12, 100, false);
