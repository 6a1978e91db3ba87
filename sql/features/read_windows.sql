-- Purpose: read all window vectors of one side and model.
-- Reads:   embeddings_part
-- Params:  $side, $version
-- Returns: window_id, item_seq, start_frame, vector
SELECT window_id, item_seq, start_frame, vector
FROM embeddings_part
WHERE side = $side AND version = $version
ORDER BY window_id;
