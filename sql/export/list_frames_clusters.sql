-- Purpose: list which MIDI items are copies or versions of one another.
-- Reads:   midi_clusters
-- Returns: cluster (a midi_id), member (a midi_id); by cluster and member
SELECT "cluster", member
FROM midi_clusters
ORDER BY "cluster", member;
