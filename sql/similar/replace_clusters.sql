-- Purpose: put new clusters in the place of the old ones.
-- Reads:   new_members (registered by the caller)
-- Writes:  cluster_rows
DELETE FROM cluster_rows;
INSERT INTO cluster_rows BY NAME
SELECT * FROM new_members;
