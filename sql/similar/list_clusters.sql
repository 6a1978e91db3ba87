-- Purpose: list the members of all clusters of copies and versions.
-- Reads:   midi_clusters
-- Returns: the columns of midi_clusters, by cluster, representatives first, then the most similar
SELECT *
FROM midi_clusters
ORDER BY "cluster", similarity DESC NULLS FIRST, member;
