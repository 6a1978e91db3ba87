DELETE FROM names;
INSERT INTO names BY NAME SELECT row_number() OVER () AS name_seq, 'midi' AS side, 'path' AS source, artist, title
FROM (VALUES
    ('The Beatles', 'Help!'), ('BEATLES, THE', '04 - Help! (Remastered 2009)'), ('Gaye,Marvin', 'What''s Going On, Pt. II'),
    ('Earth, Wind & Fire', 'September [Live]'), ('T L C', 'No Scrubs (feat. Nobody)'), ('AC/DC', 'T.N.T. - Live at Donington'),
    ('Guns N'' Roses', 'Knockin'' on Heaven s Door'), ('Björk feat. Somebody', 'Jóga'), ('Straße', 'Ærø'), (NULL, 'The The'),
    ('周杰倫', '告白氣球'), ('!!!', 'Me and Giuliani'), ('The The', '(Live)'), ('Nobody', '?!'), ('Nobody', ' '), ('Nobody', NULL),
    ('Peter, Paul & Mary', 'Puff, the Magic Dragon'), ('Coolio', '1, 2, 3, 4 (Sumpin'' New)'),
    ('Los Lobos', 'Rock ’n’ Roll (I Gave You) Radio Edit'), ('X', '99 Luftballons'),
    ('दिल', 'กิน'), ('दल', 'กัน'), ('かぎ', 'パパ'), ('かき', 'ババ'), ('Björk, दिल', 'Ёлка ❤️ é'), ('한국', 'حُبّ')
) AS t(artist, title);
