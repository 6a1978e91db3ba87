-- Purpose: tell folded names their songs.
-- Reads:   folded_names (temporary), songs
-- Writes:  names
UPDATE names
SET song_seq = songs.song_seq
FROM folded_names
JOIN songs USING (artist_key, title_key, artist_run, title_core)
WHERE names.name_seq = folded_names.name_seq;
