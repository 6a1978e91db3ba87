FROM nameless_pairs ORDER BY ALL;
