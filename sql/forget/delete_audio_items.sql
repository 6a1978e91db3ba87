-- Purpose: remove the audio items that no path leads to.
-- Reads:   paths
-- Writes:  audio_items
-- Returns: audio_id
DELETE FROM audio_items
WHERE audio_seq NOT IN (SELECT item_seq FROM paths WHERE kind = 'audio')
RETURNING audio_id;
