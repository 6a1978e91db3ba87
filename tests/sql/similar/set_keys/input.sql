CREATE TABLE new_keys AS SELECT * FROM (VALUES (1, 'a', 'b'), (4, 'c', 'd')) AS t(midi_seq, chord_key, interval_key);
