SELECT
    (SELECT count(*) FROM candidate_rows) AS n_candidates,
    (SELECT count(*) FROM candidate_cuts) AS n_cuts,
    (SELECT count(*) FROM match_rows) AS n_matches,
    (SELECT count(*) FROM alignment_rows) AS n_alignments,
    (SELECT count(*) FROM segment_rows) AS n_segments;
