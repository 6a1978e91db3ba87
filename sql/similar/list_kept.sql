-- Purpose: list the MIDI items to keep: of copies one, of versions all or one.
-- Reads:   midi, midi_clusters, paths
-- Params:  $corpus (NULL for all), $versions (whether all versions are kept)
-- Returns: path, midi_id, corpus, cluster (NULL where there is no copy or version), n_dropped (files that it
--          stands for), in order of the path
WITH dropped AS (
    SELECT member, "cluster"
    FROM midi_clusters
    WHERE kind IN ('identical notes', 'same performance re-exported') OR (kind = 'version' AND NOT $versions)
)
SELECT
    midi.path, midi.midi_id, midi.corpus, clustered."cluster",
    CASE WHEN clustered.kind = 'representative' THEN (
        SELECT count(*) FROM dropped WHERE dropped."cluster" = clustered."cluster"
    ) ELSE 0 END AS n_dropped
FROM midi
LEFT JOIN midi_clusters AS clustered ON clustered.member = midi.midi_id
WHERE midi.midi_id NOT IN (SELECT member FROM dropped)
  AND ($corpus IS NULL OR midi_seq IN (SELECT item_seq FROM paths WHERE kind = 'midi' AND corpus = $corpus))
ORDER BY midi.path;
