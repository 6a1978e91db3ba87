CREATE TABLE new_rows AS
SELECT 2 AS run_id, 2 AS midi_seq, 3 AS audio_seq, [1.0, 9.0] AS midi_s, [2.0, 11.0] AS audio_s, true AS refined;
