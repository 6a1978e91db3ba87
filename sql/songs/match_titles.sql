-- Purpose: pair the chosen songs whose artists are alike and that share one of the rarest words of the MIDI side's title.
-- Reads:   chosen_songs (temporary), near_words (temporary), song_words, artist_pairs (registered by the caller)
-- Writes:  song_candidates (temporary): midi_song, audio_song, artist_similarity (NULL: the titles alone, or with the
--          artist in one of them, are the same), place
-- Params:  $n_words (rarest words to look for), $least_artist (similarity)
CREATE OR REPLACE TEMP TABLE song_candidates AS
WITH words AS (
    SELECT side, song_seq, artist_key, word
    FROM song_words
    JOIN chosen_songs USING (song_seq)
    WHERE field = 'title'
),
near AS (
    SELECT midi_word, audio_word, sum(n_songs) OVER (PARTITION BY midi_word) AS n_songs
    FROM near_words
    WHERE field = 'title'
),
rarest AS (
    SELECT song_seq, artist_key, word
    FROM words
    JOIN (SELECT DISTINCT midi_word AS word, n_songs FROM near) USING (word)
    WHERE side = 'midi'
    QUALIFY row_number() OVER (PARTITION BY song_seq ORDER BY n_songs, word) <= $n_words
),
named AS (
    SELECT DISTINCT
        midi.song_seq AS midi_song, audio.song_seq AS audio_song, pair.similarity AS artist_similarity
    FROM words AS audio
    JOIN artist_pairs AS pair ON pair.audio_artist = audio.artist_key
    JOIN near ON near.audio_word = audio.word
    JOIN rarest AS midi ON midi.artist_key = pair.midi_artist AND midi.word = near.midi_word
    WHERE audio.side = 'audio' AND pair.similarity >= $least_artist
),
runs AS (
    -- Where an artist is unknown the title must do, or hold the artist, too; a title of many songs tells nothing.
    SELECT side, song_seq, artist_key, title_run AS run
    FROM chosen_songs
    UNION
    SELECT side, song_seq, artist_key, unnest([artist_run || title_run, title_run || artist_run])
    FROM chosen_songs
    WHERE artist_key <> ''
),
nameless AS (
    SELECT midi.song_seq AS midi_song, audio.song_seq AS audio_song
    FROM runs AS midi
    JOIN runs AS audio USING (run)
    WHERE midi.side = 'midi' AND audio.side = 'audio' AND (midi.artist_key = '' OR audio.artist_key = '') AND len(run) >= 6
    GROUP BY midi_song, audio_song
    QUALIFY count(*) OVER (PARTITION BY midi_song) <= 50 AND count(*) OVER (PARTITION BY audio_song) <= 50
)
SELECT *, row_number() OVER (ORDER BY midi_song, audio_song) AS place
FROM (
    SELECT midi_song, audio_song, artist_similarity FROM named
    UNION ALL
    SELECT midi_song, audio_song, NULL FROM nameless
);
