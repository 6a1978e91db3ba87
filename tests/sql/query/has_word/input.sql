INSERT INTO song_words VALUES ('waterloo', 'title', 1);
