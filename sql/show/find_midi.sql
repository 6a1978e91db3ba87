-- Purpose: find the MIDI items whose id begins with some characters; two are enough to know it is not unique.
-- Reads:   midi_items
-- Params:  $prefix
-- Returns: midi_seq, midi_id, at most two
SELECT midi_seq, midi_id
FROM midi_items
WHERE starts_with(midi_id, $prefix)
ORDER BY midi_id
LIMIT 2;
