-- Purpose: read the vectors of the windows within a range of numbers.
-- Reads:   embeddings_part, midi_items, audio_items
-- Params:  $side, $version, $first, $last (window_id, both inclusive)
-- Returns: window_id, vector, in order of window_id
WITH known AS (  -- parts may still hold items that were forgotten
    SELECT midi_seq AS item_seq FROM midi_items WHERE $side = 'midi'
    UNION ALL
    SELECT audio_seq FROM audio_items WHERE $side = 'audio'
)
SELECT window_id, vector
FROM embeddings_part
WHERE side = $side AND version = $version AND window_id BETWEEN $first AND $last
  AND item_seq IN (SELECT item_seq FROM known)
ORDER BY window_id;
