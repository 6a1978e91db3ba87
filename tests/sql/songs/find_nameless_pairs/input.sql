DELETE FROM names;
INSERT INTO songs VALUES
    (1, '', '', 'zombie cranberries', 'zombie cranberries'), (2, 'cranberries', 'cranberries', 'zombie', 'zombie'),
    (3, 'queen', 'queen', 'bohemian rhapsody', 'bohemian rhapsody'), (4, '', '', 'bohemian rhapsody', 'bohemian rhapsody'),
    (5, 'abba', 'abba', 'bohemian rhapsody', 'bohemian rhapsody'), (6, '', '', 'help', 'help'), (7, 'beatles', 'beatles', 'help', 'help'),
    (8, '', '', 'silent night', 'silent night'), (9, '', '', 'silentnight', 'silentnight');
INSERT INTO songs SELECT 100 + i, 'singer' || i, 'singer' || i, 'silent night', 'silent night' FROM range(51) AS t(i);
INSERT INTO names BY NAME SELECT row_number() OVER () AS name_seq, side, 'path' AS source, song_seq FROM (
    FROM (VALUES
        ('midi', 1), ('audio', 2), ('midi', 3), ('audio', 4), ('midi', 4), ('audio', 5), ('midi', 6), ('audio', 7), ('midi', 8),
        ('midi', 100), ('audio', 9)
    ) AS t(side, song_seq)
    UNION ALL
    SELECT 'audio', 100 + i FROM range(51) AS t(i)
);
