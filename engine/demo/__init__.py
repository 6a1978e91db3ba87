"""The demonstration: real music that ships with a package, recorded, matched, aligned and asked about."""
