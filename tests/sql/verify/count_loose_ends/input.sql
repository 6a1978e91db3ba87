DELETE FROM paths WHERE path_seq IN (2, 7);
INSERT INTO paths BY NAME
SELECT * REPLACE (9 AS path_seq, '/lost.mid' AS path, 99 AS item_seq) FROM paths WHERE path_seq = 1;
