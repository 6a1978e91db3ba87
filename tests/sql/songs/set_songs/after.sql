SELECT name_seq, song_seq FROM names ORDER BY name_seq;
