SELECT count(*) AS n FROM failed_files;
