-- Purpose: list the windows of one side and model, without their vectors.
-- Reads:   embeddings_part
-- Params:  $side, $version
-- Returns: window_id, item_seq, in order of window_id
SELECT window_id, item_seq
FROM embeddings_part
WHERE side = $side AND version = $version
ORDER BY window_id;
