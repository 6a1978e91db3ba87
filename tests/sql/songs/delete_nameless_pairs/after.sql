SELECT midi_song, audio_song FROM song_pairs ORDER BY ALL;
