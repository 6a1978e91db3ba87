-- Purpose: record the scores that an LMD tree gives pairs of items that are here.
-- Reads:   new_scores (registered by the caller), known_tracks (temporary), midi_items
-- Writes:  candidate_rows
-- Params:  $run_id
INSERT INTO candidate_rows BY NAME
WITH scored AS (
    SELECT midi.midi_seq, known_tracks.audio_seq, max(new_scores.score) AS value
    FROM new_scores
    JOIN known_tracks USING (track_id)
    JOIN midi_items AS midi USING (midi_id)
    GROUP BY midi.midi_seq, known_tracks.audio_seq
)
SELECT
    $run_id AS run_id, 'lmd' AS stage, midi_seq, audio_seq,
    row_number() OVER (PARTITION BY midi_seq ORDER BY value DESC, audio_seq) AS rank, value
FROM scored;
