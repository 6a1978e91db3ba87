INSERT INTO runs VALUES
    (3, TIMESTAMP '2026-01-05 12:00:00', TIMESTAMP '2026-01-05 12:00:01', '{"source": "lmd"}', 'none', '{}');
