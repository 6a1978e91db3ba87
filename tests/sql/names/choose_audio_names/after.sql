SELECT audio_seq, track_id, artist, title, album FROM audio_items ORDER BY audio_seq;
