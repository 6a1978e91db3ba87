SELECT side, song_seq FROM chosen_songs ORDER BY ALL;
