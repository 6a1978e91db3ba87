-- Purpose: count what the database holds.
-- Reads:   midi_items, audio_items, paths, embeddings_part, parts, failed_files, runs, candidate_rows,
--          current_matches, alignments, names, song_pairs
-- Returns: name, corpus (NULL for all), value, in a fixed order
WITH windows AS MATERIALIZED (
    SELECT side, count(*) AS n
    FROM embeddings_part
    WHERE (side = 'midi' AND item_seq IN (SELECT midi_seq FROM midi_items))
       OR (side = 'audio' AND item_seq IN (SELECT audio_seq FROM audio_items))
    GROUP BY side
),
corpora AS (
    SELECT kind, corpus, count(DISTINCT item_seq) AS n
    FROM paths
    GROUP BY kind, corpus
),
counted AS (
    SELECT 1 AS place, 'midi_items' AS name, NULL AS corpus, count(*) AS value FROM midi_items
    UNION ALL
    SELECT 2, 'midi_items', corpus, n FROM corpora WHERE kind = 'midi'
    UNION ALL
    SELECT 3, 'midi_paths', NULL, count(*) FROM paths WHERE kind = 'midi'
    UNION ALL
    SELECT 4, 'midi_paths_missing', NULL, count(*) FROM paths WHERE kind = 'midi' AND missing
    UNION ALL
    SELECT 5, 'midi_notes', NULL, coalesce(sum(n_notes), 0)::BIGINT FROM midi_items
    UNION ALL
    SELECT 6, 'midi_windows', NULL, coalesce(sum(n), 0)::BIGINT FROM windows WHERE side = 'midi'
    UNION ALL
    SELECT 7, 'audio_items', NULL, count(*) FROM audio_items
    UNION ALL
    SELECT 8, 'audio_items', corpus, n FROM corpora WHERE kind = 'audio'
    UNION ALL
    SELECT 9, 'audio_paths', NULL, count(*) FROM paths WHERE kind = 'audio'
    UNION ALL
    SELECT 10, 'audio_paths_missing', NULL, count(*) FROM paths WHERE kind = 'audio' AND missing
    UNION ALL
    SELECT 11, 'audio_seconds', NULL, coalesce(sum(duration_s), 0)::BIGINT FROM audio_items
    UNION ALL
    SELECT 12, 'audio_windows', NULL, coalesce(sum(n), 0)::BIGINT FROM windows WHERE side = 'audio'
    UNION ALL
    SELECT 13, 'failures', NULL, count(*) FROM failed_files
    UNION ALL
    SELECT 14, 'list_entries', corpus, count(*) FROM names WHERE source = 'metadata' GROUP BY corpus
    UNION ALL
    SELECT 15, 'list_entries_without_file', NULL, count(*)
    FROM names
    WHERE source = 'metadata' AND item_seq IS NULL
    UNION ALL
    SELECT 16, 'song_pairs', NULL, count(*) FROM song_pairs
    UNION ALL
    SELECT 17, 'runs', NULL, count(*) FROM runs
    UNION ALL
    SELECT 18, 'runs_unfinished', NULL, count(*) FROM runs WHERE finished_at IS NULL
    UNION ALL
    SELECT 19, 'candidates', NULL, count(*) FROM candidate_rows
    UNION ALL
    SELECT 20, 'matches', NULL, count(*) FROM matches
    UNION ALL
    SELECT 21, 'alignments', NULL, count(*) FROM alignments
    UNION ALL
    SELECT 22, 'parts', NULL, count(*) FROM parts
    UNION ALL
    SELECT 23, 'part_bytes', NULL, coalesce(sum(n_bytes), 0)::BIGINT FROM parts
)
SELECT name, corpus, value
FROM counted
ORDER BY place, corpus;
