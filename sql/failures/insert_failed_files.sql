-- Purpose: record files that could not be used.
-- Reads:   new_failures (registered by the caller)
-- Writes:  failed_files
INSERT INTO failed_files (kind, path, corpus, stage, reason, size, mtime_ns, failed_at)
SELECT kind, path, corpus, stage, reason, size, mtime_ns, (now() AT TIME ZONE 'UTC')
FROM new_failures;
