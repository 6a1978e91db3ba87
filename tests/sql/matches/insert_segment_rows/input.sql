CREATE TABLE new_rows AS
SELECT
    2 AS run_id, 2 AS midi_seq, 3 AS audio_seq, 1 AS segment, 1.0 AS midi_start_s, 9.0 AS midi_end_s,
    2.0 AS audio_start_s, 11.0 AS audio_end_s, true AS is_aligned, 0.75 AS confidence;
