INSERT INTO meta VALUES ('links_digest', '1-2');
