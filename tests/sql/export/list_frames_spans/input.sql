-- A second aligned part, and an older pair whose parts are not known.
INSERT INTO segment_rows VALUES (2, 1, 1, 3, 80.0, 150.0, 76.0, 148.5, true, 0.9);
DELETE FROM segment_rows WHERE midi_seq = 4;
