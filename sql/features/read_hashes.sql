-- Purpose: read the hash sequences of some items.
-- Reads:   hash_sequences_part
-- Params:  $side, $version, $seqs (list of item numbers)
-- Returns: item_seq, hashes
SELECT item_seq, hashes
FROM hash_sequences_part
WHERE side = $side
    AND version = $version
    AND list_contains($seqs, item_seq)  -- pushed into the scan, as a subquery would not be
ORDER BY item_seq;
