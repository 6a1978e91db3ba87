-- Purpose: list the MIDI items with the same fingerprint as a file, in this or in another key.
-- Reads:   midi_items
-- Params:  $chord_key, $interval_key
-- Returns: midi_seq, those in the same key first
SELECT midi_seq
FROM midi_items
WHERE chord_key = $chord_key OR interval_key = $interval_key
ORDER BY chord_key = $chord_key DESC, midi_seq
LIMIT 100;
