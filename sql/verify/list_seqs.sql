-- Purpose: list the numbers of all items.
-- Reads:   midi_items, audio_items
-- Returns: side, item_seq
SELECT 'midi' AS side, midi_seq AS item_seq FROM midi_items
UNION ALL
SELECT 'audio', audio_seq FROM audio_items
ORDER BY side, item_seq;
