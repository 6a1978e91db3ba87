-- Purpose: remove the failures of files that are, or lie under, one of the targets.
-- Writes:  failed_files
-- Params:  $targets (list of escaped absolute paths without a trailing slash)
-- Returns: kind, path
DELETE FROM failed_files
WHERE EXISTS (
    SELECT 1
    FROM (SELECT unnest($targets::VARCHAR[]) AS name)
    WHERE path = name OR starts_with(path, name || '/') OR starts_with(path, name || '!/')
)
RETURNING kind, path;
