INSERT INTO version_rows VALUES
    (2, 1, 'version', 0.8, 3, 1.25, 0.5, 0.0, 10.0, 1.0, 9.0),
    (4, 1, 'identical notes', 1.0, 0, 1.0, 1.0, 0.0, 160.0, 0.0, 160.0);
INSERT INTO version_coverage VALUES (1, 'new'), (2, 'new'), (4, 'old');
