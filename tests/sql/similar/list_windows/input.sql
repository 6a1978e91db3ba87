INSERT INTO note_windows_part VALUES
    (1, 'note-slices-1', 'notes', 0, [1.0, 0.0]), (1, 'note-slices-1', 'notes', 1, [0.0, 1.0]),
    (1, 'note-slices-1', 'times', 0, [0.5, 0.5]), (2, 'note-slices-0', 'notes', 0, [0.1, 0.2]),
    (3, 'note-slices-1', 'notes', 0, [0.3, 0.4]),  -- forgotten
    (4, 'note-slices-1', 'notes', 0, [0.6, 0.8]);
