SELECT midi_song, round(similarity, 4) AS similarity, artist_similarity, title_similarity FROM song_pairs ORDER BY ALL;
