-- Purpose: count what the stages of the cascade saw and kept in each run.
-- Reads:   candidate_cuts
-- Returns: run_id, stage, n_midi (items that were asked), n_seen, n_kept (pairs); by run, in the order of the stages
SELECT
    run_id, stage, count(DISTINCT midi_seq) AS n_midi, sum(n_seen)::BIGINT AS n_seen, sum(n_kept)::BIGINT AS n_kept
FROM candidate_cuts
GROUP BY run_id, stage
ORDER BY run_id, list_position(['text', 'embedding', 'hash', 'dtw'], stage), stage;
