SELECT * EXCLUDE (created_at), created_at IS NOT NULL AS has_time FROM vector_spaces;
