-- Purpose: list the runs, with what each has compared, kept and accepted.
-- Reads:   runs, coverage, midi_items, audio_items, match_rows, alignment_rows
-- Returns: run_id, started_at, finished_at (NULL while unfinished), settings (JSON), confidence_model,
--          versions (JSON), n_compared, n_kept, n_accepted (all three of pairs); by number
WITH met AS (
    -- rectangles of one run do not overlap; items that have been forgotten leave holes
    SELECT
        run_id,
        (SELECT count(*) FROM midi_items WHERE midi_seq BETWEEN midi_from AND midi_to)
        * (SELECT count(*) FROM audio_items WHERE audio_seq BETWEEN audio_from AND audio_to) AS n
    FROM coverage
),
compared AS (
    SELECT run_id, sum(n)::BIGINT AS n_compared FROM met GROUP BY run_id
),
kept AS (
    SELECT run_id, count(*) AS n_kept FROM match_rows GROUP BY run_id
),
accepted AS (
    SELECT run_id, count(*) AS n_accepted FROM alignment_rows GROUP BY run_id
)
SELECT
    run_id, started_at, finished_at, settings, confidence_model, versions,
    coalesce(n_compared, 0) AS n_compared, coalesce(n_kept, 0) AS n_kept,
    coalesce(n_accepted, 0) AS n_accepted
FROM runs
LEFT JOIN compared USING (run_id)
LEFT JOIN kept USING (run_id)
LEFT JOIN accepted USING (run_id)
ORDER BY run_id;
