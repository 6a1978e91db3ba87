-- Purpose: let go of the folded names.
-- Writes:  folded_names (temporary), new_songs (temporary)
DROP TABLE folded_names;
DROP TABLE new_songs;
