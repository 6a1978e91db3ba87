-- Purpose: drop the failures of files that have been tried again.
-- Writes:  failed_files
-- Params:  $kind, $paths (list)
DELETE FROM failed_files
WHERE kind = $kind AND path IN (SELECT unnest($paths));
