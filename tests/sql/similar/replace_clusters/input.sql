INSERT INTO cluster_rows VALUES
    (1, 1, 'version', 2, 2), (1, 2, 'representative', 2, NULL), (1, 4, 'identical notes', 2, 1);
CREATE TABLE new_members AS SELECT 2 AS "cluster", 2 AS midi_seq, 'representative' AS kind, 2 AS representative_seq, NULL AS nearest_seq;
