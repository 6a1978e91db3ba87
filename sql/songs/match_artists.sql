-- Purpose: pair the artists of chosen songs that share a word, spelt alike or almost.
-- Reads:   chosen_songs (temporary), near_words (temporary)
-- Returns: midi_artist, audio_artist (keys), midi_run, audio_run
WITH artists AS (
    SELECT DISTINCT side, artist_key, artist_run FROM chosen_songs WHERE artist_key <> ''
),
words AS (
    SELECT
        side, artist_key, artist_run,
        unnest(list_distinct(list_prepend(artist_run, string_split(artist_key, ' ')))) AS word
    FROM artists
)
SELECT DISTINCT
    midi.artist_key AS midi_artist, audio.artist_key AS audio_artist,
    midi.artist_run AS midi_run, audio.artist_run AS audio_run
FROM words AS midi
JOIN near_words ON midi_word = midi.word
JOIN words AS audio ON audio.word = audio_word
WHERE midi.side = 'midi' AND audio.side = 'audio'
ORDER BY ALL;
