-- Purpose: add MIDI items.
-- Reads:   new_items (registered by the caller)
-- Writes:  midi_items
INSERT INTO midi_items BY NAME
SELECT * FROM new_items;
