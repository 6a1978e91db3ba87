INSERT INTO note_slices_part VALUES
    (1, 'note-slices-1', 'notes', [0.5, 1.0], '\x01\x02'::BLOB),
    (1, 'note-slices-1', 'drums', [0.25], '\x03'::BLOB),
    (2, 'note-slices-0', 'notes', [0.0], '\x04'::BLOB),
    (4, 'note-slices-1', 'notes', [2.0], '\x05'::BLOB);
