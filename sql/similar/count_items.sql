-- Purpose: count the MIDI items.
-- Reads:   midi_items
-- Returns: n
SELECT count(*) AS n
FROM midi_items;
