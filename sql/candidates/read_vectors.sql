-- Purpose: read the vectors of the windows within a range of numbers.
-- Reads:   embeddings_part
-- Params:  $side, $version, $first, $last (window_id, both inclusive)
-- Returns: window_id, vector, in order of window_id
SELECT window_id, vector
FROM embeddings_part
WHERE side = $side AND version = $version AND window_id BETWEEN $first AND $last
ORDER BY window_id;
