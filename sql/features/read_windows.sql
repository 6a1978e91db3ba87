-- Purpose: read all window vectors of one side and model.
-- Reads:   embeddings_part, midi_items, audio_items
-- Params:  $side, $version
-- Returns: window_id, item_seq, start_frame, vector
WITH items AS (  -- parts keep the rows of items that were forgotten
    SELECT midi_seq AS item_seq FROM midi_items WHERE $side = 'midi'
    UNION ALL
    SELECT audio_seq FROM audio_items WHERE $side = 'audio'
)
SELECT window_id, item_seq, start_frame, vector
FROM embeddings_part
SEMI JOIN items USING (item_seq)
WHERE side = $side AND version = $version
ORDER BY window_id;
