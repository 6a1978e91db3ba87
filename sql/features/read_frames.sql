-- Purpose: read the constant-Q frames of some items.
-- Reads:   constant_q_part
-- Params:  $side, $version, $seqs (list of item numbers)
-- Returns: item_seq, frames
SELECT item_seq, frames
FROM constant_q_part
WHERE side = $side
    AND version = $version
    AND list_contains($seqs, item_seq)  -- pushed into the scan, as a subquery would not be
ORDER BY item_seq;
