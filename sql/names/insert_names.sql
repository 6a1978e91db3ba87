-- Purpose: add names.
-- Reads:   new_names (registered by the caller)
-- Writes:  names
INSERT INTO names BY NAME
SELECT * FROM new_names;
