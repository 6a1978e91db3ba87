-- Purpose: list the files of one kind that could not be used, as they were then.
-- Reads:   failed_files
-- Params:  $kind
-- Returns: path, size, mtime_ns
SELECT path, size, mtime_ns
FROM failed_files
WHERE kind = $kind
ORDER BY path, stage;
