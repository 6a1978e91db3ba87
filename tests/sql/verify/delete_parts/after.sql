SELECT part_id FROM parts;
