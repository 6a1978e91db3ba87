-- Purpose: pair the chosen songs whose artists are alike and whose titles share a word that is not among the little ones,
--          spelt alike or almost.
-- Reads:   chosen_songs (temporary), near_words (temporary), song_words, artist_pairs (registered by the caller)
-- Writes:  song_candidates (temporary): midi_song, audio_song, artist_similarity, place
-- Params:  $least_artist (similarity), $n_most (songs of an artist that a word may find)
CREATE OR REPLACE TEMP TABLE song_candidates AS
WITH pairs AS MATERIALIZED (
    SELECT * FROM artist_pairs WHERE similarity >= $least_artist
),
words AS MATERIALIZED (
    SELECT side, song_seq, artist_key, artist_run, word, title_numbers, title_run, title_content
    FROM song_words
    JOIN chosen_songs USING (song_seq)
    WHERE field = 'title'
),
asked AS MATERIALIZED (
    SELECT song_seq, artist_key, artist_run, title_numbers, audio_word AS word
    FROM words
    JOIN near_words ON midi_word = word
    WHERE side = 'midi'
      AND (word = title_run OR title_content = '' OR list_contains(string_split(title_content, ' '), word))
),
large AS (
    SELECT artist_key FROM chosen_songs WHERE side = 'audio' GROUP BY artist_key HAVING count(*) > $n_most
),
-- A word of all the sonatas of an artist tells nothing, without their numbers or beside the same ones.
common AS MATERIALIZED (
    SELECT artist_key, word
    FROM words
    SEMI JOIN large USING (artist_key)
    WHERE side = 'audio'
    GROUP BY artist_key, word
    HAVING count(*) > $n_most
),
common_numbered AS MATERIALIZED (
    SELECT artist_key, word, title_numbers
    FROM words
    SEMI JOIN large USING (artist_key)
    WHERE side = 'audio'
    GROUP BY artist_key, word, title_numbers
    HAVING count(*) > $n_most
),
found AS (
    SELECT midi.song_seq AS midi_song, audio.song_seq AS audio_song, similarity
    FROM asked AS midi
    JOIN pairs ON midi_artist = midi.artist_key AND midi_run = midi.artist_run
    JOIN words AS audio
        ON audio.artist_key = audio_artist AND audio.artist_run = audio_run AND audio.word = midi.word
    ANTI JOIN common ON common.artist_key = audio_artist AND common.word = midi.word
    WHERE audio.side = 'audio' AND midi.title_numbers = ''
    UNION
    -- Opus 27 is not opus 28: of two numbered titles only those with the same numbers are asked for.
    SELECT midi.song_seq, audio.song_seq, similarity
    FROM (SELECT * REPLACE (unnest(['', title_numbers]) AS title_numbers) FROM asked WHERE title_numbers <> '') AS midi
    JOIN pairs ON midi_artist = midi.artist_key AND midi_run = midi.artist_run
    JOIN words AS audio
        ON audio.artist_key = audio_artist AND audio.artist_run = audio_run AND audio.word = midi.word
        AND audio.title_numbers = midi.title_numbers
    ANTI JOIN common_numbered AS common
        ON common.artist_key = audio_artist AND common.word = midi.word AND common.title_numbers = midi.title_numbers
    WHERE audio.side = 'audio'
    UNION
    SELECT midi.song_seq, audio.song_seq, similarity
    FROM chosen_songs AS midi
    JOIN pairs ON midi_artist = midi.artist_key AND midi_run = midi.artist_run
    JOIN chosen_songs AS audio
        ON audio.artist_key = audio_artist AND audio.artist_run = audio_run AND audio.title_run = midi.title_run
    WHERE midi.side = 'midi' AND audio.side = 'audio'
)
SELECT midi_song, audio_song, similarity AS artist_similarity, row_number() OVER (ORDER BY midi_song, audio_song) AS place
FROM found;
