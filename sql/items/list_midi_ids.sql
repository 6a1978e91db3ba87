-- Purpose: list the contents that are there already.
-- Reads:   midi_items
-- Returns: midi_id, midi_seq
SELECT midi_id, midi_seq
FROM midi_items
ORDER BY midi_seq;
