"""One page about a database: what is in it, what was compared and found, and how sure that is."""
