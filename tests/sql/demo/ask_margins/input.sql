DELETE FROM match_rows WHERE audio_seq = 3;
