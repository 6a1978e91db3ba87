-- Purpose: remove the paths of some items of one side, so that the next ingest reads the files anew.
-- Writes:  paths
-- Params:  $side, $seqs (list of item numbers)
DELETE FROM paths
WHERE kind = $side AND item_seq IN (SELECT unnest($seqs::BIGINT[]));
