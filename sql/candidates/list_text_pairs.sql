-- Purpose: list the recordings that some MIDI items are by their names.
-- Reads:   names, song_pairs
-- Params:  $midi_seqs (list), $limit (for each MIDI item)
-- Returns: midi_seq, audio_seq, similarity (0 to 1, by the names that resemble most), best first
WITH midi_songs AS (
    SELECT DISTINCT item_seq AS midi_seq, song_seq
    FROM names
    WHERE side = 'midi' AND list_contains($midi_seqs::BIGINT[], item_seq)
),
audio_songs AS (
    SELECT DISTINCT item_seq AS audio_seq, song_seq
    FROM names
    WHERE side = 'audio' AND item_seq IS NOT NULL
)
SELECT midi_seq, audio_seq, max(similarity) AS similarity
FROM midi_songs
JOIN song_pairs ON midi_song = midi_songs.song_seq
JOIN audio_songs ON audio_songs.song_seq = audio_song
GROUP BY midi_seq, audio_seq
QUALIFY row_number() OVER (PARTITION BY midi_seq ORDER BY max(similarity) DESC, audio_seq) <= $limit
ORDER BY midi_seq, similarity DESC, audio_seq;
