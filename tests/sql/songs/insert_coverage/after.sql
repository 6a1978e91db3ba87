FROM song_pair_coverage;
