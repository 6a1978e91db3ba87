-- Purpose: record the pairs that a stage kept.
-- Reads:   new_rows (registered by the caller)
-- Writes:  candidate_rows
INSERT INTO candidate_rows BY NAME
SELECT run_id, stage, midi_seq, audio_seq, rank, value
FROM new_rows;
