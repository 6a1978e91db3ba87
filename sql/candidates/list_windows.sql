-- Purpose: list the windows of one side and model, without their vectors.
-- Reads:   embeddings_part, midi_items, audio_items
-- Params:  $side, $version
-- Returns: window_id, item_seq, in order of window_id
WITH known AS (  -- parts may still hold items that were forgotten
    SELECT midi_seq AS item_seq FROM midi_items WHERE $side = 'midi'
    UNION ALL
    SELECT audio_seq FROM audio_items WHERE $side = 'audio'
)
SELECT window_id, item_seq
FROM embeddings_part
WHERE side = $side AND version = $version
  AND item_seq IN (SELECT item_seq FROM known)
ORDER BY window_id;
