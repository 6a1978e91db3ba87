SELECT * EXCLUDE (path_bytes) FROM paths WHERE path_seq IN (1, 4, 8) ORDER BY path_seq;
