INSERT INTO names BY NAME SELECT *, 'metadata' AS source, 'midi' AS side FROM (VALUES
    (11, 'c', 'list.csv', 'A', 'T', 1), (12, 'c', 'list.csv', 'A', NULL, 2), (13, 'c', 'list.csv', 'A', 'T', NULL),
    (14, 'c', 'list.csv', NULL, 'T', NULL), (15, 'd', 'list.csv', 'A', 'T', 1), (16, 'c', 'more.csv', 'A', 'T', 1)
) AS t(name_seq, corpus, list, artist, title, item_seq);
CREATE TEMP TABLE metadata_links AS SELECT * FROM (VALUES (11, 1), (14, NULL), (16, 1)) AS t(name_seq, item_seq);
