-- Purpose: pair the artists of chosen songs that share one of the rarest words of the MIDI side's, spelt alike or almost.
-- Reads:   chosen_songs (temporary), near_words (temporary)
-- Params:  $n_words (rarest words to look for)
-- Returns: midi_artist, audio_artist (keys), midi_run, audio_run
WITH artists AS (
    SELECT side, artist_key, min(artist_run) AS artist_run
    FROM chosen_songs
    WHERE artist_key <> ''
    GROUP BY side, artist_key
),
words AS (
    SELECT
        side, artist_key, artist_run,
        unnest(list_distinct(list_prepend(artist_run, string_split(artist_key, ' ')))) AS word
    FROM artists
),
near AS (
    SELECT midi_word, audio_word, sum(n_songs) OVER (PARTITION BY midi_word) AS n_songs
    FROM near_words
    WHERE field = 'artist'
),
rarest AS (
    SELECT artist_key, artist_run, word
    FROM words
    JOIN (SELECT DISTINCT midi_word AS word, n_songs FROM near) USING (word)
    WHERE side = 'midi'
    QUALIFY row_number() OVER (PARTITION BY artist_key ORDER BY n_songs, word) <= $n_words
)
SELECT DISTINCT
    midi.artist_key AS midi_artist, audio.artist_key AS audio_artist,
    midi.artist_run AS midi_run, audio.artist_run AS audio_run
FROM rarest AS midi
JOIN near ON near.midi_word = midi.word
JOIN words AS audio ON audio.word = near.audio_word AND audio.side = 'audio';
