-- Purpose: count the pairs that were kept: all, accepted, and by how sure they are.
-- Reads:   current_matches, match_rows, alignment_rows
-- Params:  $run_id (NULL for each pair's latest run), $doubt_from, $doubt_to (confidence, 0 to 1)
-- Returns: n_kept, n_accepted, n_midi, n_audio (items with an accepted pair), n_sure, n_doubtful, n_unlikely; one row
WITH kept AS (
    SELECT * FROM current_matches WHERE $run_id IS NULL
    UNION ALL
    SELECT * FROM match_rows WHERE run_id = $run_id
),
judged AS (
    SELECT kept.*, path.run_id IS NOT NULL AS is_accepted
    FROM kept
    LEFT JOIN alignment_rows AS path USING (run_id, midi_seq, audio_seq)
)
SELECT
    count(*) AS n_kept, count(*) FILTER (is_accepted) AS n_accepted,
    count(DISTINCT midi_seq) FILTER (is_accepted) AS n_midi,
    count(DISTINCT audio_seq) FILTER (is_accepted) AS n_audio,
    count(*) FILTER (confidence >= $doubt_to) AS n_sure,
    count(*) FILTER (confidence >= $doubt_from AND confidence < $doubt_to) AS n_doubtful,
    count(*) FILTER (confidence < $doubt_from) AS n_unlikely
FROM judged;
