INSERT INTO cluster_rows VALUES
    (1, 1, 'version', 2, 2), (1, 2, 'representative', 2, NULL);
