INSERT INTO version_rows VALUES
    (2, 1, 'version', 0.8, 3, 1.25, 0.5, 0.0, 10.0, 1.0, 9.0),
    (4, 1, 'identical notes', 1.0, 0, 1.0, 1.0, 0.0, 160.0, 0.0, 160.0);
INSERT INTO version_coverage VALUES (1, 'new'), (2, 'new'), (4, 'old');
CREATE TABLE new_links AS
SELECT * REPLACE (other_seq AS midi_seq, midi_seq AS other_seq) FROM version_rows WHERE midi_seq = 2;
INSERT INTO new_links BY NAME SELECT * REPLACE (2 AS other_seq) FROM version_rows WHERE midi_seq = 4;
INSERT INTO new_links BY NAME SELECT * REPLACE (1 AS midi_seq, 5 AS other_seq) FROM version_rows WHERE midi_seq = 4;
INSERT INTO new_links BY NAME SELECT * REPLACE (5 AS midi_seq, 1 AS other_seq) FROM version_rows WHERE midi_seq = 4;
