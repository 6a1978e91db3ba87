-- Purpose: set the artist and title of MIDI items by the best of their names: metadata, tags, path, texts.
-- Reads:   names
-- Writes:  midi_items
WITH ranked AS (
    SELECT *, list_position(['metadata', 'tags', 'path', 'texts'], source) AS place
    FROM names
    WHERE side = 'midi' AND item_seq IS NOT NULL
),
best AS (
    -- Each field by itself, since few sources know all.
    SELECT
        midi_seq,
        arg_min(ranked.artist, (place, name_seq)) FILTER (ranked.artist IS NOT NULL) AS artist,
        arg_min(ranked.title, (place, name_seq)) FILTER (ranked.title IS NOT NULL) AS title
    FROM midi_items
    LEFT JOIN ranked ON item_seq = midi_seq
    GROUP BY midi_seq
)
UPDATE midi_items
SET artist = best.artist, title = best.title
FROM best
WHERE midi_items.midi_seq = best.midi_seq
  AND (midi_items.artist IS DISTINCT FROM best.artist OR midi_items.title IS DISTINCT FROM best.title);
