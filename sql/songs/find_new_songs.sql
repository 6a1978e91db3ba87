-- Purpose: collect the songs that folded names speak of and the catalog does not know.
-- Reads:   folded_names (temporary), songs
-- Writes:  new_songs (temporary)
CREATE OR REPLACE TEMP TABLE new_songs AS
SELECT
    row_number() OVER (ORDER BY min(name_seq)) - 1 AS place,
    artist_key, title_key, arg_min(artist_run, name_seq) AS artist_run, arg_min(title_core, name_seq) AS title_core
FROM folded_names
ANTI JOIN songs USING (artist_key, title_key)
GROUP BY artist_key, title_key;
