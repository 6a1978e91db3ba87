INSERT INTO note_windows_part VALUES
    (4, 'new', 'notes', 1, [0.0, 1.0]), (4, 'new', 'notes', 0, [1.0, 0.0]), (1, 'new', 'notes', 0, [0.6, 0.8]),
    (2, 'new', 'notes', 0, [0.8, 0.6]), (3, 'new', 'notes', 0, [1.0, 0.0]),  -- 3 is no item any more
    (1, 'new', 'times', 0, [1.0, 0.0]), (2, 'old', 'notes', 0, [0.0, 1.0]);
DELETE FROM paths WHERE item_seq = 2 AND kind = 'midi';
