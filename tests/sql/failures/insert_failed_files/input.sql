CREATE TABLE new_failures AS
SELECT 'midi' AS kind, '/x.mid' AS path, 'x' AS corpus, 'read' AS stage, 'gone' AS reason, 1 AS size, 2 AS mtime_ns;
