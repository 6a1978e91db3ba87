-- Purpose: find the targets under which no path is known.
-- Reads:   paths, failed_files
-- Params:  $targets (list of escaped absolute paths without a trailing slash)
-- Returns: target, in order
WITH known AS (
    SELECT path FROM paths
    UNION ALL
    SELECT path FROM failed_files
)
SELECT target
FROM (SELECT unnest($targets::VARCHAR[]) AS target)
WHERE NOT EXISTS (
    SELECT 1
    FROM known
    WHERE path = target OR starts_with(path, target || '/') OR starts_with(path, target || '!/')
)
ORDER BY target;
