-- Purpose: record what belongs together in accepted pairs.
-- Reads:   new_rows (registered by the caller)
-- Writes:  segment_rows
INSERT INTO segment_rows BY NAME
SELECT
    run_id, midi_seq, audio_seq, segment, midi_start_s, midi_end_s, audio_start_s, audio_end_s, is_aligned, confidence
FROM new_rows;
