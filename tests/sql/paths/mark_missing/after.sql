SELECT path_seq FROM paths WHERE missing ORDER BY path_seq;
