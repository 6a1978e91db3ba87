FROM song_candidates ORDER BY place;
