SELECT run_id, finished_at > started_at AS has_ended FROM runs ORDER BY run_id;
