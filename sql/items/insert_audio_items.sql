-- Purpose: add audio items.
-- Reads:   new_items (registered by the caller)
-- Writes:  audio_items
INSERT INTO audio_items BY NAME
SELECT * FROM new_items;
