CREATE TABLE new_coverage AS SELECT 4 AS midi_seq, 'new' AS settings;
