INSERT INTO alignment_rows VALUES (2, 2, 2, [0.0, 9.0], [1.0, 10.0], false);  -- of a time before segments
INSERT INTO segment_rows VALUES (2, 1, 1, 3, 80.0, 150.0, 76.0, 148.5, true, 0.9);
