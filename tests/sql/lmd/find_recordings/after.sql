SELECT * FROM known_tracks ORDER BY track_id, audio_seq;
