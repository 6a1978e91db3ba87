FROM chosen_songs ORDER BY side, song_seq;
