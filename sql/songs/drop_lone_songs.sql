-- Purpose: let go of the chosen songs whose artist is like none on the other side.
-- Reads:   artist_pairs (registered by the caller)
-- Writes:  chosen_songs (temporary)
-- Params:  $least_artist (similarity)
DELETE FROM chosen_songs
WHERE (side, artist_key, artist_run) NOT IN (
    SELECT ('midi', midi_artist, midi_run) FROM artist_pairs WHERE similarity >= $least_artist
    UNION ALL
    SELECT ('audio', audio_artist, audio_run) FROM artist_pairs WHERE similarity >= $least_artist
);
