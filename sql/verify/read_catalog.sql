-- Purpose: read every value of the catalog once; DuckDB complains where a block differs from its checksum.
-- Reads:   all tables
-- Returns: digest
SELECT bit_xor(digest) AS digest
FROM (
    SELECT bit_xor(hash(t)) AS digest FROM meta AS t
    UNION ALL SELECT bit_xor(hash(t)) FROM counters AS t
    UNION ALL SELECT bit_xor(hash(t)) FROM midi_items AS t
    UNION ALL SELECT bit_xor(hash(t)) FROM audio_items AS t
    UNION ALL SELECT bit_xor(hash(t)) FROM paths AS t
    UNION ALL SELECT bit_xor(hash(t)) FROM failed_files AS t
    UNION ALL SELECT bit_xor(hash(t)) FROM parts AS t
    UNION ALL SELECT bit_xor(hash(t)) FROM runs AS t
    UNION ALL SELECT bit_xor(hash(t)) FROM coverage AS t
    UNION ALL SELECT bit_xor(hash(t)) FROM candidate_rows AS t
    UNION ALL SELECT bit_xor(hash(t)) FROM candidate_cuts AS t
    UNION ALL SELECT bit_xor(hash(t)) FROM match_rows AS t
    UNION ALL SELECT bit_xor(hash(t)) FROM alignment_rows AS t
    UNION ALL SELECT bit_xor(hash(t)) FROM segment_rows AS t
    UNION ALL SELECT bit_xor(hash(t)) FROM names AS t
    UNION ALL SELECT bit_xor(hash(t)) FROM songs AS t
    UNION ALL SELECT bit_xor(hash(t)) FROM song_words AS t
    UNION ALL SELECT bit_xor(hash(t)) FROM song_pairs AS t
    UNION ALL SELECT bit_xor(hash(t)) FROM song_pair_coverage AS t
    UNION ALL SELECT bit_xor(hash(t)) FROM version_rows AS t
    UNION ALL SELECT bit_xor(hash(t)) FROM version_coverage AS t
    UNION ALL SELECT bit_xor(hash(t)) FROM cluster_rows AS t
    UNION ALL SELECT bit_xor(hash(t)) FROM vector_spaces AS t
);
