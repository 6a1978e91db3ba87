INSERT INTO failed_files VALUES
    ('midi', '/music/pop/worse.mid', 'pop', 'parse', 'no header', 5, 100, TIMESTAMP '2026-01-01 12:00:00'),
    ('midi', '/music/pop/a.mid', 'pop', 'parse', 'no notes', 5, 100, TIMESTAMP '2026-01-01 12:00:00');
