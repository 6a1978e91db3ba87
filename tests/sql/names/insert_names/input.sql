CREATE TABLE new_names AS SELECT 20 AS name_seq, 'midi' AS side, 'texts' AS source, 2 AS item_seq, 'Tune' AS title;
