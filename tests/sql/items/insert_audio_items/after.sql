SELECT * FROM audio_items WHERE audio_seq = 9;
