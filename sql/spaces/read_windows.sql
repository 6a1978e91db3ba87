-- Purpose: read the vectors of the windows of some MIDI items in one space of ours.
-- Reads:   note_windows_part, midi_items
-- Params:  $space (notes, times or drums), $version, $first, $last (midi_seq, both included)
-- Returns: midi_seq, vector, in order of midi_seq and window
SELECT midi_seq, vector
FROM note_windows_part
WHERE space = $space AND version = $version
  AND midi_seq BETWEEN $first AND $last
  AND midi_seq IN (SELECT midi_seq FROM midi_items)
ORDER BY midi_seq, "window";
