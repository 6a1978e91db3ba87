-- Purpose: list the MIDI items that have no tempo, signature or text; few never had one.
-- Reads:   midi_items, events_part
-- Returns: midi_seq, ascending
SELECT midi_seq
FROM midi_items
WHERE midi_seq NOT IN (SELECT midi_seq FROM events_part)
ORDER BY midi_seq;
