-- Purpose: collect the songs to be compared: those with a first name of their side within a range of numbers.
-- Reads:   names, songs
-- Writes:  chosen_songs (temporary)
-- Params:  $midi_from, $midi_to, $audio_from, $audio_to (name_seq, both ends inclusive)
CREATE OR REPLACE TEMP TABLE chosen_songs AS
WITH first_names AS (
    SELECT side, song_seq, min(name_seq) AS name_seq
    FROM names
    WHERE song_seq IS NOT NULL
    GROUP BY side, song_seq
)
SELECT
    side, song_seq, artist_key, artist_run, title_key, title_core, replace(title_key, ' ', '') AS title_run,
    -- what is left without the little words
    trim(regexp_replace(regexp_replace(
        title_key,
        '\b(the|a|an|of|in|on|to|for|with|by|at|from|or|is|are|was|be|been|am|im|ive|ill|id|i|you|your|youre|u|my|me|'
        || 'we|us|our|it|its|he|she|his|her|they|them|their|this|that|there|theres|do|dont|did|does|so|oh|ooh|yeah|just)\b',
        ' ', 'g'), '\s+', ' ', 'g')) AS title_content,
    -- 123 27 of opus 27, 123
    CASE
        WHEN regexp_matches(title_key, '\d')
            THEN list_aggregate(list_sort(regexp_extract_all(title_key, '\d+')), 'string_agg', ' ')
        ELSE ''
    END AS title_numbers
FROM first_names
JOIN songs USING (song_seq)
WHERE (side = 'midi' AND name_seq BETWEEN $midi_from AND $midi_to)
   OR (side = 'audio' AND name_seq BETWEEN $audio_from AND $audio_to);
