-- Purpose: mark paths whose files have vanished.
-- Writes:  paths
-- Params:  $path_seqs (list)
UPDATE paths
SET missing = true
WHERE path_seq IN (SELECT unnest($path_seqs));
