-- Purpose: normalise the names that have no song yet.
-- Reads:   names
-- Writes:  folded_names (temporary)
CREATE OR REPLACE TEMP TABLE folded_names AS
WITH unnamed AS (
    -- Nobody is called by more letters, and comparing texts takes the square of their length.
    SELECT name_seq, coalesce(left(artist, 300), '') AS artist, left(title, 300) AS title
    FROM names
    WHERE song_seq IS NULL AND title IS NOT NULL
),
artist_letters AS (
    -- What stands in brackets, and guests, are not the artist.
    SELECT
        artist,
        regexp_replace(
            regexp_replace(fold_letters(artist), '\s*[(\[{].*?([)\]}]|$)', ' ', 'g'),
            '[\s,;/]+(feat|ft|featuring|with|w)\b[./ ].*$', ''
        ) AS letters
    FROM (SELECT DISTINCT artist FROM unnamed)
),
artist_words AS (
    -- Surname, Forename: a single comma, unless an "and" tells of a list.
    SELECT
        artist,
        regexp_replace(
            fold_words(regexp_replace(letters, '^\s*([^,]*[^,\s])\s*,\s*([^,&]*)$', '\2 \1')),
            '\bthe\b ?', '', 'g'
        ) AS words
    FROM artist_letters
),
artist_runs AS (
    SELECT
        artist,
        coalesce(
            nullif(trim(regexp_replace(words, '^(a|les|los|las|die|der|das|le|la|el|il|i|gli) (.)', '\2')), ''),
            nullif(trim(regexp_replace(lower(artist), '[^\pL\pM\pN]+', ' ', 'g')), ''),
            lower(trim(artist))
        ) AS words
    FROM artist_words
),
artists AS (
    SELECT
        artist,
        list_aggregate(list_sort(string_split(words, ' ')), 'string_agg', ' ') AS artist_key,
        replace(words, ' ', '') AS artist_run
    FROM artist_runs
),
title_letters AS (
    -- Numbering, guests and versions go: "04 - Help! (feat. X) [Live] - Remastered 2009" is help.
    SELECT
        title,
        regexp_replace(regexp_replace(regexp_replace(regexp_replace(
            fold_letters(title),
            '^\s*(0\d\s*[-._) ]+|[1-9]\d?\s*[-._)]+)\s*(\pL)', '\2'),
            '[(\[{]\s*((feat|ft|featuring|with|w/|album|from)\b[^)\]}]*|(live|unplugged)(\s+(at|in|on|from|version|\d+)\b[^)\]}]*)?|'
            || '[^)\]}]*\b(remix|mix|remaster|remastered|version|edit|acoustic|karaoke|instrumental|demo|live|mono|'
            || 'stereo|bonus track|radio|unplugged)\s*(\d{4}|version)?)\s*([)\]}]|$)', ' ', 'g'),
            '(\S)\s+-+\s+(\d{4}\s+)?((digital(ly)?\s+)?remaster(ed)?|live|acoustic|radio|single|album|extended|mono|'
            || 'stereo|karaoke|instrumental)(\s+(version|edit|mix|remaster(ed)?|at|in|from|on|\d{4})\b.*)?\s*$', '\1'),
            '(\S)\s+(feat|ft|featuring)\b[. ].*$', '\1'
        ) AS letters
    FROM (SELECT DISTINCT title FROM unnamed)
),
title_words AS (
    SELECT
        title, letters,
        fold_words(regexp_replace(letters, '^(.*\S)\s*,\s*(the|a|an|les|los|die|der|das|le|la|el)\s*$', '\2 \1')) AS words
    FROM title_letters
),
title_cores AS (
    -- The same without brackets, subtitles (Puff, the Magic Dragon), numbers of parts and what names a version. Numbers
    -- alone before a bracket are none: 1, 2, 3, 4 (Sumpin' New).
    SELECT
        title, words,
        regexp_replace(regexp_replace(regexp_replace(
            CASE
                WHEN regexp_matches(letters, '\pL.*([(\[{]|, (the|a) )|[)\]}].*\pL')
                    THEN fold_words(regexp_replace(letters, '[(\[{].*?([)\]}]|$)|, (the|a) .*$', ' ', 'g'))
                WHEN regexp_matches(letters, '^[^\pL(\[{]*\d[^\pL(\[{]*[(\[{]')
                    THEN fold_words(regexp_replace(letters, '^[^(\[{]*', ''))
                ELSE words
            END,
            '^(epilogue|prologue|intro|outro|interlude) (.)', '\2'),
            '(\S)( (album|alternate|club|censored|clean|dance|dub|extended|house|original|radio|single|studio|session|\d{4}|'
            || 'spanish|french|german|english|live))* (version|mix|remix|edit|reprise|demo|take|live|remaster|remastered|'
            || 'extended|karaoke|instrumental|acoustic|unplugged)$', '\1'),
            '(\S) part \d+$', '\1'
        ) AS core_words
    FROM title_words
),
titles AS (
    SELECT
        title,
        coalesce(
            nullif(regexp_replace(words, '^(the|a|an) (.)', '\2'), ''),
            nullif(trim(regexp_replace(lower(title), '[^\pL\pM\pN]+', ' ', 'g')), ''),
            lower(trim(title))
        ) AS title_key,
        nullif(regexp_replace(core_words, '^(the|a|an) (.)', '\2'), '') AS title_core
    FROM title_cores
)
SELECT name_seq, artist_key, artist_run, title_key, coalesce(title_core, title_key) AS title_core
FROM unnamed
JOIN artists USING (artist)
JOIN titles USING (title)
WHERE title_key <> '';
