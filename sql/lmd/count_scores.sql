-- Purpose: count the scores of an LMD tree that are of pairs of items that are here.
-- Reads:   new_scores (registered by the caller), known_tracks (temporary), midi_items
-- Returns: n_pairs (of items), n_without_midi, n_without_audio (scores), one row
SELECT
    (
        SELECT count(DISTINCT (midi_id, audio_seq))
        FROM new_scores
        JOIN known_tracks USING (track_id)
        JOIN midi_items USING (midi_id)
    ) AS n_pairs,
    count(*) FILTER (midi_id NOT IN (SELECT midi_id FROM midi_items)) AS n_without_midi,
    count(*) FILTER (track_id NOT IN (SELECT track_id FROM known_tracks)) AS n_without_audio
FROM new_scores;
