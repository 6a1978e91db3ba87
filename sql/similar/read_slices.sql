-- Purpose: read the slices of one voice of some MIDI items.
-- Reads:   note_slices_part
-- Params:  $voice (notes or drums), $version, $seqs (list of item numbers)
-- Returns: midi_seq, times_s, frames
SELECT midi_seq, times_s, frames
FROM note_slices_part
WHERE voice = $voice
    AND version = $version
    AND list_contains($seqs, midi_seq)  -- pushed into the scan, as a subquery would not be
ORDER BY midi_seq;
