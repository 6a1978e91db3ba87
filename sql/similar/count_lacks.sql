-- Purpose: count the MIDI items without fingerprints of a version: their slices and windows lack, too.
-- Reads:   midi_items
-- Params:  $version
-- Returns: n
SELECT count(*) AS n
FROM midi_items
WHERE n_notes > 0 AND NOT coalesce(starts_with(chord_key, $version || ':'), false);
