SELECT path_seq FROM paths ORDER BY path_seq;
