-- Purpose: find the audio items whose id begins with some characters; two are enough to know it is not unique.
-- Reads:   audio_items
-- Params:  $prefix
-- Returns: audio_seq, audio_id, at most two
SELECT audio_seq, audio_id
FROM audio_items
WHERE starts_with(audio_id, $prefix)
ORDER BY audio_id
LIMIT 2;
