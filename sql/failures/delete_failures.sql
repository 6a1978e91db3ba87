-- Purpose: drop all failures, so that the next ingest tries those files again.
-- Writes:  failed_files
DELETE FROM failed_files;
