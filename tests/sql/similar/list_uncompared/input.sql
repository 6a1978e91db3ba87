INSERT INTO version_coverage VALUES (1, 'new');
