-- Purpose: list the pairs that became candidates by their names only after a run had compared their items.
-- Reads:   names, song_pairs, runs, coverage, candidate_rows, match_rows
-- Params:  $settings, $limit (for each MIDI item)
-- Returns: midi_seq, audio_seq, similarity (0 to 1), is_known (kept by a run with these settings), is_elsewhere
--          (kept by a run with others), best first
WITH midi_songs AS (
    SELECT DISTINCT item_seq AS midi_seq, song_seq FROM names WHERE side = 'midi' AND item_seq IS NOT NULL
),
audio_songs AS (
    SELECT DISTINCT item_seq AS audio_seq, song_seq FROM names WHERE side = 'audio' AND item_seq IS NOT NULL
),
named AS (
    SELECT midi_seq, audio_seq, max(similarity) AS similarity
    FROM midi_songs
    JOIN song_pairs ON midi_song = midi_songs.song_seq
    JOIN audio_songs ON audio_songs.song_seq = audio_song
    GROUP BY midi_seq, audio_seq
    QUALIFY row_number() OVER (PARTITION BY midi_seq ORDER BY max(similarity) DESC, audio_seq) <= $limit
),
mine AS (
    SELECT * FROM coverage WHERE settings = $settings
),
own_runs AS (
    SELECT run_id FROM runs WHERE settings = $settings
),
kept AS (
    SELECT
        midi_seq, audio_seq, bool_or(run_id IN (FROM own_runs)) AS is_known,
        bool_or(run_id NOT IN (FROM own_runs)) AS is_elsewhere
    FROM match_rows
    SEMI JOIN named USING (midi_seq, audio_seq)
    GROUP BY midi_seq, audio_seq
)
SELECT
    midi_seq, audio_seq, similarity, coalesce(kept.is_known, false) AS is_known,
    coalesce(kept.is_elsewhere, false) AS is_elsewhere
FROM named
LEFT JOIN kept USING (midi_seq, audio_seq)
WHERE EXISTS (
    SELECT 1
    FROM mine
    WHERE named.midi_seq BETWEEN midi_from AND midi_to AND named.audio_seq BETWEEN audio_from AND audio_to
)
  AND NOT EXISTS (
    SELECT 1
    FROM candidate_rows AS row
    WHERE row.stage = 'text' AND row.midi_seq = named.midi_seq AND row.audio_seq = named.audio_seq
      AND row.run_id IN (FROM own_runs)
)
ORDER BY midi_seq, similarity DESC, audio_seq;
