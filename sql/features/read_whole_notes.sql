-- Purpose: read the notes of some MIDI items.
-- Reads:   notes_part
-- Params:  $seqs (list of item numbers)
-- Returns: midi_seq, track, program, is_drum, pitch, velocity, start_s, end_s; by item and time
SELECT midi_seq, track, program, is_drum, pitch, velocity, start_s, end_s
FROM notes_part
WHERE list_contains($seqs, midi_seq)  -- pushed into the scan, as a subquery would not be
ORDER BY midi_seq, start_s, track, program, pitch, end_s, velocity, is_drum;
