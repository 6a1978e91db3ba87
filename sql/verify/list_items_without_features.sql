-- Purpose: list the items of one side that lack what only their files can bring back: frames, or notes.
-- Reads:   midi_items, audio_items, constant_q_part, notes_part
-- Params:  $side, $feature_version
-- Returns: item_seq, is_lost (no version of some of it is there), ascending
WITH item AS (
    SELECT midi_seq AS item_seq FROM midi_items WHERE $side = 'midi'
    UNION ALL
    SELECT audio_seq FROM audio_items WHERE $side = 'audio'
),
present AS (
    SELECT DISTINCT item_seq, 'constant_q' AS kind, version = $feature_version AS is_current
    FROM constant_q_part WHERE side = $side
    UNION ALL
    SELECT DISTINCT midi_seq, 'notes', true
    FROM notes_part WHERE $side = 'midi'
),
counted AS (
    SELECT
        item_seq, count(DISTINCT kind) AS n_present, count(DISTINCT kind) FILTER (is_current) AS n_current,
        CASE $side WHEN 'midi' THEN 2 ELSE 1 END AS n_wanted
    FROM item
    LEFT JOIN present USING (item_seq)
    GROUP BY item_seq
)
SELECT item_seq, n_present < n_wanted AS is_lost
FROM counted
WHERE n_current < n_wanted
ORDER BY item_seq;
