-- Purpose: list the MIDI items whose notes are there, but not yet their slices.
-- Reads:   midi_items, notes_part, note_slices_part
-- Params:  $version
-- Returns: midi_seq, n_notes, ascending
SELECT midi_seq, n_notes
FROM midi_items
WHERE midi_seq NOT IN (SELECT midi_seq FROM note_slices_part WHERE version = $version)
  AND midi_seq IN (SELECT midi_seq FROM notes_part)
ORDER BY midi_seq;
