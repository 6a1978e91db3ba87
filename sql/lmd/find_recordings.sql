-- Purpose: find the recordings that the tracks of an LMD tree are.
-- Reads:   new_scores (registered by the caller), audio_items
-- Writes:  known_tracks (temporary): track_id, audio_seq
CREATE OR REPLACE TEMP TABLE known_tracks AS
WITH tracks AS (
    SELECT DISTINCT track_id, audio_id FROM new_scores
)
SELECT tracks.track_id, audio.audio_seq
FROM tracks
JOIN audio_items AS audio ON audio.audio_id = coalesce(tracks.audio_id, tracks.track_id)
UNION
-- Bytes tell for certain; a track id may be that of several recordings, and holds for all of them.
SELECT tracks.track_id, audio.audio_seq
FROM tracks
JOIN audio_items AS audio USING (track_id)
WHERE tracks.audio_id IS NULL OR tracks.audio_id NOT IN (SELECT audio_id FROM audio_items);
