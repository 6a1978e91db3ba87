-- Purpose: list the pairs that were kept of items whose composition is known.
-- Reads:   current_matches, match_rows, alignment_rows
-- Params:  $run_id (NULL for each pair's latest run), $midi_seqs, $audio_seqs (lists of numbers)
-- Returns: midi_seq, audio_seq, cost, confidence, is_accepted; by number
WITH kept AS (
    SELECT * FROM current_matches WHERE $run_id IS NULL
    UNION ALL
    SELECT * FROM match_rows WHERE run_id = $run_id
)
SELECT midi_seq, audio_seq, cost, confidence, path.run_id IS NOT NULL AS is_accepted
FROM kept
LEFT JOIN alignment_rows AS path USING (run_id, midi_seq, audio_seq)
WHERE midi_seq IN (SELECT unnest($midi_seqs)) AND audio_seq IN (SELECT unnest($audio_seqs))
ORDER BY midi_seq, audio_seq;
