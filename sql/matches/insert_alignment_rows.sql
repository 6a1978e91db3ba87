-- Purpose: record the alignments of accepted pairs.
-- Reads:   new_rows (registered by the caller)
-- Writes:  alignment_rows
INSERT INTO alignment_rows BY NAME
SELECT run_id, midi_seq, audio_seq, midi_s, audio_s, refined
FROM new_rows;
