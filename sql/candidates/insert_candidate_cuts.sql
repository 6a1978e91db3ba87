-- Purpose: record how many pairs a stage saw and kept for each MIDI item.
-- Reads:   new_rows (registered by the caller)
-- Writes:  candidate_cuts
INSERT INTO candidate_cuts BY NAME
SELECT run_id, stage, midi_seq, n_seen, n_kept, cut_off
FROM new_rows;
