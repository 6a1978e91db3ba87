-- Purpose: count the pairs that were kept, by confidence and by score, in bins of equal width from 0 to 1.
-- Reads:   current_matches, match_rows, alignment_rows
-- Params:  $run_id (NULL for each pair's latest run), $n_bins
-- Returns: measure (confidence or score), bin (from 0; 1.0 is in the last), is_accepted, n_pairs; empty bins left out
WITH kept AS (
    SELECT * FROM current_matches WHERE $run_id IS NULL
    UNION ALL
    SELECT * FROM match_rows WHERE run_id = $run_id
),
judged AS (
    SELECT kept.confidence, kept.score, path.run_id IS NOT NULL AS is_accepted
    FROM kept
    LEFT JOIN alignment_rows AS path USING (run_id, midi_seq, audio_seq)
),
measured AS (
    SELECT 'confidence' AS measure, confidence AS value, is_accepted FROM judged
    UNION ALL
    SELECT 'score', score, is_accepted FROM judged
)
SELECT
    measure, greatest(least(floor(value * $n_bins)::INTEGER, $n_bins - 1), 0)::INTEGER AS bin, is_accepted,
    count(*) AS n_pairs
FROM measured
GROUP BY measure, bin, is_accepted
ORDER BY measure, bin, is_accepted;
