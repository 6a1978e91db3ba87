-- Purpose: read the hash sequences of some items.
-- Reads:   hash_sequences_part
-- Params:  $side, $version, $seqs (list of item numbers)
-- Returns: item_seq, hashes
SELECT item_seq, hashes
FROM hash_sequences_part
WHERE side = $side AND version = $version AND item_seq IN (SELECT unnest($seqs))
ORDER BY item_seq;
