INSERT INTO candidate_cuts VALUES
    (1, 'embedding', 2, 3, 3, 0.1), (1, 'hash', 1, 2, 2, 0.3), (1, 'text', 1, 3, 0, NULL), (2, 'dtw', 1, 2, 1, 0.8);
