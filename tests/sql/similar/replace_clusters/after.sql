SELECT * FROM cluster_rows;
