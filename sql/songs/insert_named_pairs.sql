-- Purpose: keep the scored pairs of songs that are the same by artist and title.
-- Reads:   scored_titles (registered by the caller: midi_song, audio_song, artist_similarity, likeness and
--          of both sides key, core and content of the title)
-- Writes:  song_pairs
-- Params:  $least_artist, $least_title, $least (similarities, the last of both together)
INSERT INTO song_pairs
WITH spelled AS (
    SELECT
        *,
        CASE WHEN len(midi_core) <= len(audio_core) THEN midi_core ELSE audio_core END AS shorter,
        CASE WHEN len(midi_core) <= len(audio_core) THEN midi_content ELSE audio_content END AS shorter_content,
        CASE WHEN len(midi_core) <= len(audio_core) THEN audio_key ELSE midi_key END AS longer,
        find_sequel(midi_key) AS midi_sequel, find_sequel(audio_key) AS audio_sequel
    FROM scored_titles
),
judged AS (
    SELECT
        *,
        CASE
            -- Part 1 is not part 2, nor is opus 27 opus 28.
            WHEN regexp_matches(midi_key, '\d') AND regexp_matches(audio_key, '\d')
                AND list_sort(regexp_extract_all(midi_key, '\d+')) <> list_sort(regexp_extract_all(audio_key, '\d+'))
                THEN 0.6 * likeness
            -- The Unforgiven is not The Unforgiven II, but parts of a song are cut as one likes.
            WHEN midi_sequel IS DISTINCT FROM audio_sequel THEN 0.6 * likeness
            -- "Cat People" goes on as "Cat People Putting Out Fire"; of a single word only versions.
            WHEN starts_with(longer, shorter || ' ') AND (
                regexp_matches(longer, ' (mix|remix|edit|version|reprise|dub|demo|take|live|extended)$')
                OR (contains(shorter_content, ' ') AND NOT regexp_matches(longer[len(shorter) + 1:], '\d'))
            ) THEN greatest(likeness, 0.9)
            ELSE likeness
        END AS title_similarity
    FROM spelled
)
SELECT
    midi_song, audio_song, 0.4 * artist_similarity + 0.6 * title_similarity AS similarity, artist_similarity,
    title_similarity
FROM judged
WHERE artist_similarity >= $least_artist AND title_similarity >= $least_title
  AND similarity >= $least - 1e-9  -- rounding
ON CONFLICT DO NOTHING;
