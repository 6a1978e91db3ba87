-- Purpose: index the words of songs from a number on.
-- Reads:   songs
-- Writes:  song_words
-- Params:  $first (number of the first)
INSERT INTO song_words
WITH words AS (
    SELECT unnest(list_distinct(list_prepend(artist_run, string_split(artist_key, ' ')))) AS word, 'artist' AS field, song_seq
    FROM songs
    WHERE song_seq >= $first AND artist_key <> ''
    UNION ALL
    SELECT
        unnest(list_distinct(list_prepend(replace(title_key, ' ', ''), string_split(title_key, ' ')))), 'title', song_seq
    FROM songs
    WHERE song_seq >= $first
)
SELECT word, field, song_seq
FROM words;
