-- Purpose: join the entries of lists with files, wherever they can be told to be of one file: by MD5, by a track
--          id that is the file's name, by the path or the end of it, by the file name alone where that is unique on
--          both sides, or else by a track id that another entry has which is so joined. All are joined anew, so that
--          it does not matter what came first, nor what was there before. Temporary table metadata_links keeps what
--          was found, also where it is ambiguous (item_seq NULL) and left alone.
-- Reads:   names, midi_items, audio_items, paths
-- Writes:  names
CREATE OR REPLACE TEMP TABLE metadata_links AS
WITH entry AS MATERIALIZED (
    SELECT
        * EXCLUDE (steps),
        -- Where an id says the same: everywhere if it has the form of the Million Song Dataset's, of MusicBrainz's, an
        -- ISRC or an MD5; others only look alike (song_0001), unless they are of one corpus.
        CASE WHEN regexp_full_match(
            track_id,
            '(TR|SO)[A-Z]{5}[0-9A-F]{11}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|'
            || '[A-Z]{2}-?[A-Z0-9]{3}-?\d{2}-?\d{5}|[0-9a-fA-F]{32}'
        ) THEN 'everywhere' ELSE 'in ' || corpus END AS reach,
        array_to_string(steps, '/') AS path,
        steps[-1] AS file
    FROM (
        SELECT
            name_seq, side, corpus, list, md5,
            -- Numbers and short ids are those of a row in its list: they say nothing beyond it.
            CASE WHEN length(track_id) >= 8 AND regexp_matches(track_id, '\D') THEN track_id END AS track_id,
            string_split(
                -- Backslashes beside slashes are no folders' but those of escaped bytes.
                regexp_replace(CASE WHEN contains(path, '/') THEN path ELSE replace(path, '\', '/') END, '^(\./)+', ''),
                '/'
            ) AS steps
        FROM names
        WHERE source = 'metadata'
    )
),
known AS MATERIALIZED (
    SELECT kind AS side, item_seq, corpus, string_split(path, '/') AS steps FROM paths
),
item AS (
    -- Whose files are there: what a path has led to once, no list would find in a new database.
    SELECT 'midi' AS side, midi_seq AS item_seq, midi_id AS id FROM midi_items
    UNION ALL
    SELECT 'audio', audio_seq, audio_id FROM audio_items
),
ending AS (
    -- Every path from each of its steps on, down to folder and file.
    SELECT side, array_to_string(steps[first:], '/') AS path, min(item_seq) AS item_seq, max(item_seq) AS last_seq
    FROM known, unnest(range(1, len(steps))) AS step(first)
    GROUP BY ALL
),
known_file AS MATERIALIZED (
    SELECT side, steps[-1] AS file, min(item_seq) AS item_seq, count(DISTINCT item_seq) AS n_items
    FROM known
    GROUP BY ALL
),
known_stem AS (
    SELECT
        side, reach, regexp_replace(steps[-1], '\.[^.]*$', '') AS track_id,
        min(item_seq) AS item_seq, max(item_seq) AS last_seq
    FROM known, unnest(['everywhere', 'in ' || corpus]) AS within(reach)
    GROUP BY ALL
),
listed_file AS (
    SELECT side, corpus, list, file, count(*) AS n_entries
    FROM entry
    GROUP BY ALL
),
by_content AS (
    -- Some lists call the file's MD5 an id.
    SELECT entry.name_seq, item.item_seq
    FROM (SELECT name_seq, side, coalesce(md5, track_id) AS id FROM entry) AS entry
    JOIN item USING (side, id)
    SEMI JOIN known ON known.side = item.side AND known.item_seq = item.item_seq
),
by_stem AS (
    SELECT name_seq, item_seq, CASE WHEN item_seq = last_seq THEN 1 ELSE 2 END AS n_items
    FROM (SELECT name_seq, side, reach, track_id FROM entry) AS entry
    JOIN known_stem USING (side, reach, track_id)
),
by_path AS (
    SELECT name_seq, item_seq, CASE WHEN item_seq = last_seq THEN 1 ELSE 2 END AS n_items
    FROM (SELECT name_seq, side, path FROM entry) AS entry
    JOIN ending USING (side, path)
),
by_file AS (
    -- Not where an MD5 says that the content is another, nor for names such as 01.mp3.
    SELECT entry.name_seq, known_file.item_seq, greatest(known_file.n_items, listed_file.n_entries) AS n_items
    FROM (SELECT name_seq, side, corpus, list, file FROM entry WHERE md5 IS NULL) AS entry
    JOIN known_file USING (side, file)
    JOIN listed_file ON listed_file.side = entry.side AND listed_file.file = entry.file
        AND listed_file.corpus IS NOT DISTINCT FROM entry.corpus
        AND listed_file.list IS NOT DISTINCT FROM entry.list
    WHERE regexp_matches(entry.file, '^.{4,}\.[^.]*$')
),
by_itself AS MATERIALIZED (
    SELECT name_seq, arg_min(item_seq, place) FILTER (n_items = 1) AS item_seq
    FROM (
        SELECT name_seq, item_seq, 1 AS n_items, 1 AS place FROM by_content
        UNION ALL
        SELECT name_seq, item_seq, n_items, 2 FROM by_stem
        UNION ALL
        SELECT name_seq, item_seq, n_items, 3 FROM by_path
        UNION ALL
        SELECT name_seq, item_seq, n_items, 4 FROM by_file
    )
    GROUP BY name_seq
),
track AS (
    SELECT side, reach, track_id, min(item_seq) AS item_seq, max(item_seq) AS last_seq
    FROM entry
    JOIN by_itself USING (name_seq)
    WHERE item_seq IS NOT NULL AND track_id IS NOT NULL
    GROUP BY ALL
),
by_track AS (
    SELECT name_seq, CASE WHEN item_seq = last_seq THEN item_seq END AS item_seq
    FROM (SELECT name_seq, side, reach, track_id FROM entry) AS entry
    JOIN track USING (side, reach, track_id)
)
SELECT name_seq, coalesce(by_itself.item_seq, by_track.item_seq) AS item_seq
FROM by_itself
FULL JOIN by_track USING (name_seq);

UPDATE names
SET item_seq = link.item_seq
FROM (
    SELECT entry.name_seq, metadata_links.item_seq
    FROM names AS entry
    LEFT JOIN metadata_links USING (name_seq)
    WHERE entry.source = 'metadata' AND entry.item_seq IS DISTINCT FROM metadata_links.item_seq
) AS link
WHERE names.name_seq = link.name_seq;
