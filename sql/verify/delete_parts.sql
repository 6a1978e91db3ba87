-- Purpose: unname parts.
-- Writes:  parts
-- Params:  $part_ids (list)
DELETE FROM parts
WHERE part_id IN (SELECT unnest($part_ids::BIGINT[]));
