CREATE TABLE new_rows AS SELECT 0.5::DOUBLE AS value, 2 AS rank, 3 AS audio_seq, 4 AS midi_seq, 'hash' AS stage, 2 AS run_id;
