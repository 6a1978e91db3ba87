-- Purpose: list the pairs that became candidates by their names only after a run had compared their items.
-- Reads:   names, song_pairs, coverage, candidate_rows
-- Params:  $settings, $limit (for each MIDI item)
-- Returns: midi_seq, audio_seq, similarity (0 to 1), best first
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
)
SELECT midi_seq, audio_seq, similarity
FROM named
WHERE EXISTS (
    SELECT 1
    FROM mine
    WHERE named.midi_seq BETWEEN midi_from AND midi_to AND named.audio_seq BETWEEN audio_from AND audio_to
)
  AND NOT EXISTS (
    SELECT 1
    FROM candidate_rows AS row
    WHERE row.stage = 'text' AND row.midi_seq = named.midi_seq AND row.audio_seq = named.audio_seq
      AND row.run_id IN (SELECT run_id FROM mine)
)
ORDER BY midi_seq, similarity DESC, audio_seq;
