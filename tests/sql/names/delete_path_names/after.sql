SELECT name_seq FROM names ORDER BY name_seq;
