FROM new_songs ORDER BY place;
