CREATE TEMP TABLE chosen_songs AS SELECT * FROM (VALUES ('midi', 1), ('audio', 2), ('audio', 3)) AS t(side, song_seq);
INSERT INTO song_words VALUES
    ('beatles', 'artist', 1), ('help', 'title', 1), ('heartbreak', 'title', 1), ('me', 'title', 1), ('ever', 'title', 1),
    ('beetles', 'artist', 2), ('halp', 'title', 2), ('heartbreaker', 'title', 2), ('mo', 'title', 2), ('fever', 'title', 2),
    ('beatles', 'artist', 3), ('hepl', 'title', 3), ('help', 'artist', 3), ('me', 'title', 3), ('hello', 'title', 3),
    ('halp', 'title', 3), ('help', 'title', 9);
