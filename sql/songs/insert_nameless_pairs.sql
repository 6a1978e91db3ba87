-- Purpose: keep the pairs of songs that are the same by title, the artist of one being unknown.
-- Reads:   nameless_pairs (temporary)
-- Writes:  song_pairs
INSERT INTO song_pairs
SELECT midi_song, audio_song, 0.8, NULL, 1  -- as much as where the artists are half alike
FROM nameless_pairs
ON CONFLICT DO NOTHING;
