FROM song_pairs ORDER BY ALL;
