CREATE TABLE new_rows AS
SELECT 1 AS midi_from, 2 AS midi_to, 3 AS audio_from, 4 AS audio_to, 7 AS run_id, '{}' AS settings;
