-- Purpose: count what has become of the entries of a list.
-- Reads:   names, metadata_links (as link_metadata leaves it)
-- Params:  $corpus, $list
-- Returns: n_complete (with artist and title), n_joined (with files), n_ambiguous
SELECT
    count(*) FILTER (artist IS NOT NULL AND title IS NOT NULL) AS n_complete,
    count(*) FILTER (item_seq IS NOT NULL) AS n_joined,
    count(*) FILTER (item_seq IS NULL AND name_seq IN (SELECT name_seq FROM metadata_links)) AS n_ambiguous
FROM names
WHERE source = 'metadata' AND corpus = $corpus AND list = $list;
