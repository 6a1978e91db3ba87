-- Purpose: set artist, title, album and track id of recordings by the best of their names: metadata, tags, path, texts.
-- Reads:   names
-- Writes:  audio_items
WITH ranked AS (
    SELECT *, list_position(['metadata', 'tags', 'path', 'texts'], source) AS place
    FROM names
    WHERE side = 'audio' AND item_seq IS NOT NULL
),
best AS (
    -- Each field by itself, since few sources know all.
    SELECT
        audio_seq,
        arg_min(ranked.artist, (place, name_seq)) FILTER (ranked.artist IS NOT NULL) AS artist,
        arg_min(ranked.title, (place, name_seq)) FILTER (ranked.title IS NOT NULL) AS title,
        arg_min(ranked.album, (place, name_seq)) FILTER (ranked.album IS NOT NULL) AS album,
        arg_min(ranked.track_id, (place, name_seq)) FILTER (ranked.track_id IS NOT NULL) AS track_id
    FROM audio_items
    LEFT JOIN ranked ON item_seq = audio_seq
    GROUP BY audio_seq
)
UPDATE audio_items
SET artist = best.artist, title = best.title, album = best.album, track_id = best.track_id
FROM best
WHERE audio_items.audio_seq = best.audio_seq
  AND (
    audio_items.artist IS DISTINCT FROM best.artist
    OR audio_items.title IS DISTINCT FROM best.title
    OR audio_items.album IS DISTINCT FROM best.album
    OR audio_items.track_id IS DISTINCT FROM best.track_id
  );
