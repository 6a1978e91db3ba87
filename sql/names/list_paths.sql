-- Purpose: list all paths that lead to an item.
-- Reads:   paths
-- Returns: side, item_seq, path, path_bytes, in order of first sight
SELECT kind AS side, item_seq, path, path_bytes
FROM paths
ORDER BY path_seq;
