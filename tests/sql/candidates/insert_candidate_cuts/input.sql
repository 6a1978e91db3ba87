CREATE TABLE new_rows AS SELECT 'hash' AS stage, 4 AS midi_seq, 2 AS run_id, 7 AS n_seen, 0 AS n_kept, NULL::DOUBLE AS cut_off;
