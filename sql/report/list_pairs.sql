-- Purpose: list pairs that were kept, those nearest to a confidence first, with all that is known of them.
-- Reads:   current_matches, match_rows, midi, audio, alignment_rows, segment_rows
-- Params:  $run_id (NULL for each pair's latest run), $low (inclusive), $high (exclusive), $target (confidence),
--          $mutual (only pairs each of which is the best of both its items), $limit
-- Returns: midi_seq, audio_seq, midi_id, audio_id, track_id, midi_path, audio_path, midi_artist, midi_title,
--          audio_artist, audio_title, run_id, rank, audio_rank, cost, score, confidence, transposition,
--          midi_start_s, midi_end_s, audio_start_s, audio_end_s, the columns of evidence, midi_s, audio_s,
--          refined (NULL where not accepted), segments (list of structs); nearest first
WITH kept AS (
    SELECT * FROM current_matches WHERE $run_id IS NULL
    UNION ALL
    SELECT * FROM match_rows WHERE run_id = $run_id
),
ranked AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY midi_seq ORDER BY cost, audio_seq) AS rank,
        row_number() OVER (PARTITION BY audio_seq ORDER BY cost, midi_seq) AS audio_rank
    FROM kept
),
chosen AS MATERIALIZED (  -- once, though it is asked twice: all pairs are ranked for it
    SELECT *, row_number() OVER (ORDER BY abs(confidence - $target), cost, midi_seq, audio_seq) AS place
    FROM ranked
    WHERE confidence >= $low AND confidence < $high AND (NOT $mutual OR (rank = 1 AND audio_rank = 1))
    QUALIFY place <= $limit
),
parts AS (
    SELECT
        run_id, midi_seq, audio_seq,
        list({
            'midi_start_s': part.midi_start_s, 'midi_end_s': part.midi_end_s,
            'audio_start_s': part.audio_start_s, 'audio_end_s': part.audio_end_s, 'is_aligned': is_aligned
        } ORDER BY segment) AS segments
    FROM segment_rows AS part
    SEMI JOIN chosen USING (run_id, midi_seq, audio_seq)
    GROUP BY ALL
)
SELECT
    midi_seq, audio_seq, midi.midi_id, audio.audio_id, audio.track_id, midi.path AS midi_path,
    audio.path AS audio_path, midi.artist AS midi_artist, midi.title AS midi_title, audio.artist AS audio_artist,
    audio.title AS audio_title, run_id, rank, audio_rank, cost, score, confidence, transposition, midi_start_s,
    midi_end_s, audio_start_s, audio_end_s, frame_cost, hash_cost, backward_cost, usual_cost, similarity,
    usual_similarity, midi_s, audio_s, refined, coalesce(segments, []) AS segments
FROM chosen
JOIN midi USING (midi_seq)
JOIN audio USING (audio_seq)
LEFT JOIN alignment_rows AS path USING (run_id, midi_seq, audio_seq)
LEFT JOIN parts USING (run_id, midi_seq, audio_seq)
ORDER BY place;
