-- Purpose: collect the songs that folded names speak of and the catalog does not know.
-- Reads:   folded_names (temporary), songs
-- Writes:  new_songs (temporary)
CREATE OR REPLACE TEMP TABLE new_songs AS
SELECT
    row_number() OVER (ORDER BY min(name_seq)) - 1 AS place, artist_key, title_key, artist_run, title_core
FROM folded_names
ANTI JOIN songs USING (artist_key, title_key, artist_run, title_core)
GROUP BY artist_key, title_key, artist_run, title_core;
