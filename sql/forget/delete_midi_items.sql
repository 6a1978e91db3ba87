-- Purpose: remove the MIDI items that no path leads to.
-- Reads:   paths
-- Writes:  midi_items
-- Returns: midi_id
DELETE FROM midi_items
WHERE midi_seq NOT IN (SELECT item_seq FROM paths WHERE kind = 'midi')
RETURNING midi_id;
