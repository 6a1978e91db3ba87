-- Purpose: count the items of each corpus.
-- Reads:   paths, midi_items, audio_items
-- Returns: kind (midi or audio), corpus, n_items, n_paths, n_missing, duration_s; MIDI files first, then by name
WITH items AS (
    SELECT 'midi' AS kind, midi_seq AS item_seq, duration_s FROM midi_items
    UNION ALL
    SELECT 'audio', audio_seq, duration_s FROM audio_items
),
members AS (
    SELECT kind, corpus, item_seq, count(*) AS n_paths, count(*) FILTER (missing) AS n_missing
    FROM paths
    GROUP BY kind, corpus, item_seq
)
SELECT
    kind, corpus, count(*) AS n_items, sum(n_paths)::BIGINT AS n_paths, sum(n_missing)::BIGINT AS n_missing,
    sum(duration_s) AS duration_s
FROM members
JOIN items USING (kind, item_seq)
GROUP BY kind, corpus
ORDER BY kind DESC, corpus;
