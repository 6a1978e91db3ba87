INSERT INTO events_part VALUES
    (1, 'track_name', 1, 0.0, NULL, 'Words', 'Words'::BLOB), (1, 'marker', 1, 0.0, NULL, 'Verse', 'Verse'::BLOB),
    (2, 'time_signature', NULL, 0.0, NULL, '6/8', NULL), (4, 'tempo', NULL, 0.0, 100.0, NULL, NULL);
