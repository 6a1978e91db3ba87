FROM folded_names ORDER BY name_seq;
