INSERT INTO candidate_rows VALUES (1, 'lmd', 1, 1, 1, 0.7), (2, 'lmd', 1, 1, 1, 0.6);
