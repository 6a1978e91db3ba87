SELECT name_seq, names.item_seq, metadata_links.name_seq IS NOT NULL AS was_found
FROM names LEFT JOIN metadata_links USING (name_seq)
WHERE source = 'metadata' ORDER BY name_seq
