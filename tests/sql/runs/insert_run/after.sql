SELECT run_id, finished_at, settings, confidence_model, versions, started_at IS NOT NULL AS has_begun
FROM runs
WHERE run_id = 3;
