SELECT * FROM version_coverage;
