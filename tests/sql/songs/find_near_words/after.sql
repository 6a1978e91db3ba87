FROM near_words ORDER BY ALL;
