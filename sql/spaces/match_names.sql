-- Purpose: find the MIDI items that names of others stand for.
-- Reads:   paths, midi, wanted (registered by the caller: rank; name; stem, its file name without a suffix of
--          MIDI files)
-- Params:  $suffix (a pattern: a suffix of MIDI files at the end)
-- Returns: rank, midi_id, path: an item with that very path, else with that MD5, else the only one whose file
--          is called so; in order of rank, names that stand for none left out
WITH called AS MATERIALIZED (
    SELECT rank, 1 AS way, item_seq
    FROM wanted
    JOIN paths ON paths.path = wanted.name AND paths.kind = 'midi'
    UNION
    SELECT rank, 2, midi_seq
    FROM wanted
    JOIN midi_items ON midi_items.midi_id = lower(wanted.stem)
    UNION
    SELECT rank, 3, item_seq
    FROM wanted
    JOIN paths ON
        regexp_replace(regexp_extract(paths.path, '[^/]*$'), $suffix, '', 'i') = wanted.stem
        AND paths.kind = 'midi'
),
chosen AS (
    SELECT rank, any_value(item_seq) AS midi_seq
    FROM called
    WHERE NOT EXISTS (SELECT 1 FROM called AS better WHERE better.rank = called.rank AND better.way < called.way)
    GROUP BY rank
    HAVING count(*) = 1
)
SELECT chosen.rank, midi.midi_id, midi.path
FROM chosen
JOIN midi USING (midi_seq)
ORDER BY chosen.rank;
