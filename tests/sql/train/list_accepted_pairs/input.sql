-- A pair of two segments, which is left out.
INSERT INTO segment_rows VALUES (1, 4, 2, 2, 95.0, 120.0, 29.0, 54.0, true, 0.9);
