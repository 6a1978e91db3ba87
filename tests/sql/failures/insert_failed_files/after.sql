SELECT * EXCLUDE (failed_at), failed_at IS NOT NULL AS has_time FROM failed_files WHERE path = '/x.mid';
