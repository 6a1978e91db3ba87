-- Purpose: Which recordings are told from all other pieces by the least?
-- Reads:   matches
-- Returns: recording, best, second, margin (scores)
SELECT
    parse_filename(audio_path) AS recording,
    max(score) FILTER (audio_rank = 1) AS best,
    max(score) FILTER (audio_rank = 2) AS second,
    best - second AS margin
FROM matches
GROUP BY audio_path
ORDER BY margin
LIMIT 5;
