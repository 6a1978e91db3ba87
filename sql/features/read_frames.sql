-- Purpose: read the constant-Q frames of some items.
-- Reads:   constant_q_part
-- Params:  $side, $version, $seqs (list of item numbers)
-- Returns: item_seq, frames
SELECT item_seq, frames
FROM constant_q_part
WHERE side = $side AND version = $version AND item_seq IN (SELECT unnest($seqs))
ORDER BY item_seq;
