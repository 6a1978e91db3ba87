"""Version and definitions of the catalog, and the columns of the Parquet parts."""

from importlib.resources import files

import pyarrow as pa

__all__ = ["PART_SCHEMAS", "SCHEMA_VERSION", "read_comments", "read_migration", "read_tables", "read_views"]

# Raised with every change to tables.sql or to the columns of a part, together with a migration.
SCHEMA_VERSION = 5

# Columns of each kind of part. `side` is midi or audio, `item_seq` the item's number on that side, and
# `version` the feature's or model's name and version: rows of different versions are never compared.
PART_SCHEMAS: dict[str, pa.Schema] = {
    "notes": pa.schema(
        [
            ("midi_seq", pa.int64()),
            ("track", pa.int32()),
            ("program", pa.uint8()),
            ("is_drum", pa.bool_()),
            ("pitch", pa.uint8()),
            ("velocity", pa.uint8()),
            ("start_s", pa.float64()),
            ("end_s", pa.float64()),
        ]
    ),
    "events": pa.schema(
        [
            ("midi_seq", pa.int64()),
            ("kind", pa.string()),  # tempo, time_signature, key_signature, or a kind of text
            ("track", pa.int32()),
            ("time_s", pa.float64()),
            ("value", pa.float64()),  # beats per minute, for tempo
            ("text", pa.string()),  # decoded, or such as 3/4 or F# minor
            ("raw", pa.binary()),  # the bytes of a text
        ]
    ),
    "constant_q": pa.schema(
        [
            ("side", pa.string()),
            ("item_seq", pa.int64()),
            ("version", pa.string()),
            ("n_frames", pa.int32()),
            ("reference_db", pa.float32()),  # level of the value 255
            ("frames", pa.binary()),  # uint8, frame by frame, 72 bins each
        ]
    ),
    "hash_sequences": pa.schema(
        [
            ("side", pa.string()),
            ("item_seq", pa.int64()),
            ("version", pa.string()),
            ("hashes", pa.list_(pa.uint32())),
        ]
    ),
    "embeddings": pa.schema(
        [
            ("window_id", pa.int64()),
            ("side", pa.string()),
            ("item_seq", pa.int64()),
            ("version", pa.string()),
            ("start_frame", pa.int32()),
            ("vector", pa.list_(pa.float32())),  # unit norm
        ]
    ),
    # What MIDI files are compared by with each other. A voice is notes (with a pitch), drums, or a track.
    "note_slices": pa.schema(
        [
            ("midi_seq", pa.int64()),
            ("version", pa.string()),
            ("voice", pa.string()),
            ("times_s", pa.list_(pa.float64())),
            ("frames", pa.binary()),  # uint8, slice by slice, 48 bins each
        ]
    ),
    "note_windows": pa.schema(
        [
            ("midi_seq", pa.int64()),
            ("version", pa.string()),
            ("space", pa.string()),  # notes, drums, tracks: windows of slices; times: of notes, in seconds
            ("window", pa.int32()),  # from 0; of the second track from 256, and so on
            ("vector", pa.list_(pa.float32())),  # unit norm
        ]
    ),
}


def read_tables() -> str:
    """Return the SQL that creates the catalog's tables."""
    return (files(__package__) / "tables.sql").read_text(encoding="utf-8")


def read_views() -> str:
    """Return the SQL that creates the views, given a view `<kind>_part` for each kind of part."""
    return (files(__package__) / "views.sql").read_text(encoding="utf-8")


def read_comments() -> str:
    """Return the SQL that says what the views and their columns hold; the views must be there."""
    return (files(__package__) / "comments.sql").read_text(encoding="utf-8")


def read_migration(version: int) -> str:
    """Return the SQL that brings a catalog from the schema before to schema `version`."""
    return (files(__package__) / "migrations" / f"{version}.sql").read_text(encoding="utf-8")
