INSERT INTO vector_spaces VALUES
    ('small', 'spaces/small-1.npy', 10, 512, 'f05', '/theirs/small.npy', TIMESTAMP '2026-01-05 12:00:00'),
    ('big', 'spaces/big-1.npy', 4000, 128, 'f06', '/theirs/big.npy', TIMESTAMP '2026-01-06 12:00:00');
