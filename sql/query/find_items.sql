-- Purpose: find the items whose id begins with some digits.
-- Reads:   midi_items, audio_items
-- Params:  $prefix (lower case), $limit
-- Returns: kind, item_seq, id
SELECT 'midi' AS kind, midi_seq AS item_seq, midi_id AS id
FROM midi_items
WHERE starts_with(midi_id, $prefix)
UNION ALL
SELECT 'audio', audio_seq, audio_id
FROM audio_items
WHERE starts_with(audio_id, $prefix)
ORDER BY kind DESC, item_seq
LIMIT $limit;
