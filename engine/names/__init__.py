"""What files are called: artist and title from paths and texts."""

from .encoding import decode_path, decode_texts
from .name import Name
from .paths import parse_path, parse_paths
from .texts import choose_name

__all__ = ["Name", "choose_name", "decode_path", "decode_texts", "parse_path", "parse_paths"]
