-- Purpose: remove what paths and files said that are there no more; lists keep their entries.
-- Reads:   paths, midi_items, audio_items
-- Writes:  names
DELETE FROM names
WHERE source = 'path' AND NOT EXISTS (FROM paths WHERE kind = names.side AND paths.path = names.path);
DELETE FROM names
WHERE source IN ('tags', 'texts')
  AND (
    (side = 'midi' AND item_seq NOT IN (SELECT midi_seq FROM midi_items))
    OR (side = 'audio' AND item_seq NOT IN (SELECT audio_seq FROM audio_items))
  );
UPDATE names
SET item_seq = NULL
WHERE source = 'metadata'
  AND (
    (side = 'midi' AND item_seq NOT IN (SELECT midi_seq FROM midi_items))
    OR (side = 'audio' AND item_seq NOT IN (SELECT audio_seq FROM audio_items))
  );
