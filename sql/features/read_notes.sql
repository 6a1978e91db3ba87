-- Purpose: read when notes begin, and which.
-- Reads:   notes_part
-- Params:  $seqs (list of item numbers)
-- Returns: midi_seq, start_s, pitch, is_drum, in order of beginning
SELECT midi_seq, start_s, pitch, is_drum
FROM notes_part
WHERE list_contains($seqs, midi_seq)  -- pushed into the scan, as a subquery would not be
ORDER BY midi_seq, start_s, pitch;
