INSERT INTO names BY NAME SELECT *, 'metadata' AS source, 'midi' AS side FROM (VALUES
    (11, 'c', 'list.csv'), (12, 'c', 'other.csv'), (13, 'd', 'list.csv'), (14, 'c', 'list.csv')
) AS t(name_seq, corpus, list);
