SELECT count(*) AS n_tables FROM duckdb_tables() WHERE table_name IN ('folded_names', 'new_songs');
