SELECT count(*) AS n_left FROM song_pair_coverage;
