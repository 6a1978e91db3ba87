-- Purpose: count the files that could not be used, by reason.
-- Reads:   failed_files
-- Returns: kind (midi or audio), stage, reason, n_files, example (a path); the most frequent first
SELECT kind, stage, reason, count(*) AS n_files, min(path) AS example
FROM failed_files
GROUP BY kind, stage, reason
ORDER BY n_files DESC, kind DESC, stage, reason;
