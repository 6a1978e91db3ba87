-- Purpose: join the entries of lists with files, wherever they can be told to be of one file: by MD5, by a track
--          id that another list has given the file or that is its name, by the path or the end of it, or by the
--          file name alone where that is unique on both sides. Temporary table metadata_links keeps what was
--          found, also where it is ambiguous (item_seq NULL) and left alone.
-- Reads:   names, midi_items, audio_items, paths
-- Writes:  names
CREATE OR REPLACE TEMP TABLE metadata_links AS
WITH entry AS MATERIALIZED (
    SELECT
        * EXCLUDE (steps),
        array_to_string(steps, '/') AS path,
        steps[-1] AS file
    FROM (
        SELECT
            name_seq, side, corpus, list, md5, item_seq,
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
loose AS MATERIALIZED (
    SELECT * FROM entry WHERE item_seq IS NULL
),
item AS (
    SELECT 'midi' AS side, midi_seq AS item_seq, midi_id AS id FROM midi_items
    UNION ALL
    SELECT 'audio', audio_seq, audio_id FROM audio_items
),
known AS MATERIALIZED (
    SELECT kind AS side, item_seq, string_split(path, '/') AS steps FROM paths
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
        side, regexp_replace(file, '\.[^.]*$', '') AS stem, min(item_seq) AS item_seq, sum(n_items) AS n_items
    FROM known_file
    GROUP BY ALL
),
by_content AS MATERIALIZED (
    -- Some lists call the file's MD5 an id.
    SELECT loose.name_seq, item.item_seq
    FROM (SELECT name_seq, side, coalesce(md5, track_id) AS id FROM loose) AS loose
    JOIN item USING (side, id)
),
by_path AS MATERIALIZED (
    SELECT loose.name_seq, ending.item_seq, CASE WHEN item_seq = last_seq THEN 1 ELSE 2 END AS n_items
    FROM (SELECT name_seq, side, path FROM loose) AS loose
    JOIN ending USING (side, path)
),
track AS (
    -- Ids given before, and those that this very query finds the files of.
    SELECT side, track_id, item_seq FROM entry WHERE item_seq IS NOT NULL AND track_id IS NOT NULL
    UNION
    SELECT loose.side, loose.track_id, found.item_seq
    FROM (
        SELECT name_seq, item_seq FROM by_content
        UNION ALL
        SELECT name_seq, item_seq FROM by_path WHERE n_items = 1
    ) AS found
    JOIN loose USING (name_seq)
    WHERE loose.track_id IS NOT NULL
),
by_track AS (
    SELECT loose.name_seq, min(track.item_seq) AS item_seq, count(DISTINCT track.item_seq) AS n_items
    FROM loose
    JOIN track USING (side, track_id)
    GROUP BY ALL
),
by_stem AS (
    SELECT loose.name_seq, known_stem.item_seq, known_stem.n_items
    FROM (SELECT name_seq, side, track_id AS stem FROM loose) AS loose
    JOIN known_stem USING (side, stem)
),
listed_file AS (
    SELECT side, corpus, list, file, count(*) AS n_entries
    FROM entry
    GROUP BY ALL
),
by_file AS (
    -- Not where an MD5 says that the content is another, nor for names such as 01.mp3.
    SELECT loose.name_seq, known_file.item_seq, greatest(known_file.n_items, listed_file.n_entries) AS n_items
    FROM (SELECT name_seq, side, corpus, list, file FROM loose WHERE md5 IS NULL) AS loose
    JOIN known_file USING (side, file)
    JOIN listed_file ON listed_file.side = loose.side AND listed_file.file = loose.file
        AND listed_file.corpus IS NOT DISTINCT FROM loose.corpus
        AND listed_file.list IS NOT DISTINCT FROM loose.list
    WHERE regexp_matches(loose.file, '^.{4,}\.[^.]*$')
),
found AS (
    SELECT name_seq, item_seq, 1 AS n_items, 1 AS place FROM by_content
    UNION ALL
    SELECT name_seq, item_seq, n_items, 2 FROM by_track
    UNION ALL
    SELECT name_seq, item_seq, n_items, 3 FROM by_stem
    UNION ALL
    SELECT name_seq, item_seq, n_items, 4 FROM by_path
    UNION ALL
    SELECT name_seq, item_seq, n_items, 5 FROM by_file
)
SELECT name_seq, arg_min(item_seq, place) FILTER (n_items = 1) AS item_seq
FROM found
GROUP BY name_seq;

UPDATE names
SET item_seq = metadata_links.item_seq
FROM metadata_links
WHERE names.name_seq = metadata_links.name_seq AND metadata_links.item_seq IS NOT NULL;
