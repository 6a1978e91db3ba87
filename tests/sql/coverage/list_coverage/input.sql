INSERT INTO coverage VALUES (4, '{"candidates": 2}', 5, 9, 1, 3), (4, '{"candidates": 2}', 1, 4, 4, 4);
