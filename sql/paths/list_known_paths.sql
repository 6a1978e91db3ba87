-- Purpose: list what is known of the files of one kind.
-- Reads:   paths
-- Params:  $kind
-- Returns: path, path_seq, size, mtime_ns, missing
SELECT path, path_seq, size, mtime_ns, missing
FROM paths
WHERE kind = $kind
ORDER BY path_seq;
