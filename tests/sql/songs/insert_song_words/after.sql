FROM song_words ORDER BY song_seq, field, word;
