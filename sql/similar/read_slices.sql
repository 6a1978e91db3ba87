-- Purpose: read the slices of some MIDI items, voice by voice.
-- Reads:   note_slices_part
-- Params:  $version, $seqs (list of item numbers)
-- Returns: midi_seq, voice, times_s, frames; by item, and voices as note_features.py names them
SELECT midi_seq, voice, times_s, frames
FROM note_slices_part
WHERE version = $version
    AND list_contains($seqs, midi_seq)  -- pushed into the scan, as a subquery would not be
ORDER BY midi_seq, voice;
