"""Tables, columns, views, version and migrations of the database."""

from .tables import (
    PART_SCHEMAS,
    SCHEMA_VERSION,
    read_comments,
    read_migration,
    read_tables,
    read_views,
)

__all__ = ["PART_SCHEMAS", "SCHEMA_VERSION", "read_comments", "read_migration", "read_tables", "read_views"]
