UPDATE match_rows SET score = 0.4, confidence = 0.4 WHERE audio_seq = 3;
