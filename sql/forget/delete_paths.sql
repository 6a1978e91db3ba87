-- Purpose: remove paths.
-- Writes:  paths
-- Params:  $path_seqs (list)
DELETE FROM paths
WHERE path_seq IN (SELECT unnest($path_seqs::BIGINT[]));
