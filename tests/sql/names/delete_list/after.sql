SELECT name_seq FROM names ORDER BY 1
