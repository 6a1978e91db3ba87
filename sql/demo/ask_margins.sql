-- Purpose: Which recordings are told from all other pieces by the least?
-- Reads:   matches
-- Returns: recording, best, second, margin (costs of the paths, lower is better)
SELECT
    parse_filename(audio_path) AS recording,
    min(cost) FILTER (audio_rank = 1) AS best,
    min(cost) FILTER (audio_rank = 2) AS second,
    second - best AS margin
FROM matches
GROUP BY audio_path
HAVING max(confidence) >= 0.5
ORDER BY margin, recording
LIMIT 5;
