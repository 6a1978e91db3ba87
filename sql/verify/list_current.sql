-- Purpose: list the items that have rows by the version in use.
-- Reads:   constant_q_part, hash_sequences_part, embeddings_part
-- Params:  $constant_q_version, $hash_sequences_version, $embeddings_version
-- Returns: kind, side, item_seq
SELECT DISTINCT 'constant_q' AS kind, side, item_seq FROM constant_q_part WHERE version = $constant_q_version
UNION ALL
SELECT DISTINCT 'hash_sequences', side, item_seq FROM hash_sequences_part WHERE version = $hash_sequences_version
UNION ALL
SELECT DISTINCT 'embeddings', side, item_seq FROM embeddings_part WHERE version = $embeddings_version
ORDER BY kind, side, item_seq;
