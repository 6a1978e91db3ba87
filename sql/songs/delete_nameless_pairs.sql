-- Purpose: forget the pairs by title alone that no longer hold.
-- Reads:   nameless_pairs (temporary)
-- Writes:  song_pairs
DELETE FROM song_pairs
WHERE artist_similarity IS NULL AND (midi_song, audio_song) NOT IN (SELECT (midi_song, audio_song) FROM nameless_pairs);
