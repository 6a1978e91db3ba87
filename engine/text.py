"""Text that users give."""

from .errors import InputError

__all__ = ["check_text"]


def check_text(name: str, text: str | None) -> None:
    """Refuse text that no database holds: bytes of an argument that are not UTF-8 arrive as surrogates.

    Raises
    ------
    InputError
        If `text`, which is called `name`, cannot be written as UTF-8.
    """
    try:
        (text or "").encode()
    except UnicodeEncodeError as error:
        raise InputError(f"{name} is not UTF-8: {text!a}; write it in UTF-8.") from error
