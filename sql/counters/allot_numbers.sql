-- Purpose: take numbers from a counter.
-- Writes:  counters
-- Params:  $name, $count
-- Returns: the number after the last one taken
UPDATE counters
SET next_value = next_value + $count
WHERE name = $name
RETURNING next_value;
