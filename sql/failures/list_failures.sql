-- Purpose: list the files that could not be used.
-- Reads:   failures
-- Returns: path, corpus, stage, reason, failed_at, kind, by path
SELECT path, corpus, stage, reason, failed_at, kind
FROM failures
ORDER BY path, stage, kind;
