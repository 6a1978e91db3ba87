-- Purpose: count names of what is not there, items that are called what none of their names says, and what an ingest
--          leaves until its end: items that are not called what one of their names says, titles without a song.
-- Reads:   names, paths, midi_items, audio_items
-- Returns: n_lost, n_stale, n_waiting, n_songless
WITH item AS (
    SELECT 'midi' AS side, midi_seq AS item_seq, artist, title FROM midi_items
    UNION ALL
    SELECT 'audio', audio_seq, artist, title FROM audio_items
),
said AS (
    SELECT
        side, item_seq,
        list(DISTINCT artist) FILTER (artist IS NOT NULL) AS artists,
        list(DISTINCT title) FILTER (title IS NOT NULL) AS titles
    FROM names
    WHERE item_seq IS NOT NULL
    GROUP BY side, item_seq
)
SELECT
    (
        SELECT count(*)
        FROM names
        WHERE (item_seq IS NOT NULL AND NOT EXISTS (
                FROM item WHERE item.side = names.side AND item.item_seq = names.item_seq
            ))
           OR (source = 'path' AND NOT EXISTS (
                FROM paths WHERE paths.kind = names.side AND paths.path = names.path
            ))
    ) AS n_lost,
    (
        SELECT count(*)
        FROM item
        JOIN said USING (side, item_seq)
        WHERE (artist IS NOT NULL AND (artists IS NULL OR NOT list_contains(artists, artist)))
           OR (title IS NOT NULL AND (titles IS NULL OR NOT list_contains(titles, title)))
    ) AS n_stale,
    (
        SELECT count(*)
        FROM item
        JOIN said USING (side, item_seq)
        WHERE (artist IS NULL AND artists IS NOT NULL) OR (title IS NULL AND titles IS NOT NULL)
    ) AS n_waiting,
    (
        SELECT count(*)
        FROM names
        WHERE song_seq IS NULL AND trim(title) <> ''  -- no song is called by nothing
    ) AS n_songless;
