-- A hole: no recording has number 4. A run that was cut off before its first batch.
INSERT INTO coverage VALUES (2, '{"candidates": 9}', 2, 4, 3, 4);
INSERT INTO runs VALUES (3, TIMESTAMP '2026-01-05 12:00:00', NULL, '{"candidates": 9}', 'score-1', '{}');
