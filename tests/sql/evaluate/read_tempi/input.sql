-- A tempo of another file, and one that is none.
INSERT INTO events_part VALUES (2, 'tempo', 0, 0.0, 60.0, NULL, NULL), (4, 'tempo', 0, 2.0, 0.0, NULL, NULL);
