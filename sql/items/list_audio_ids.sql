-- Purpose: list the contents that are there already.
-- Reads:   audio_items
-- Returns: audio_id, audio_seq
SELECT audio_id, audio_seq
FROM audio_items
ORDER BY audio_seq;
