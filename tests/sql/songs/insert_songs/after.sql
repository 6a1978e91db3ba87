FROM songs ORDER BY song_seq;
