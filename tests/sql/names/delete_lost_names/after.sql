SELECT name_seq, item_seq FROM names ORDER BY name_seq;
