"""The opcodes that NumPy writes for rows of a name and a vector."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .opcodes import Token

__all__ = ["Layout", "list_layouts"]

# NumPy 2 renamed the module.
MODULES = ("numpy.core.multiarray", "numpy._core.multiarray")


@dataclass(frozen=True)
class Layout:
    """What stands before the rows, and behind the name in each row, in which raw bytes are a vector."""

    beginning: list[Token]
    row: list[Token]


def list_layouts(protocol: int, n_rows: int, dtype: np.dtype[Any]) -> list[Layout]:
    """List the layouts that such an array can have; they differ in their first token.

    Parameters
    ----------
    protocol : {3, 4}
        Of pickle: NumPy before and from 2.0.
    n_rows : int
    dtype : numpy.dtype
        Of two fields: a name (object) and a vector of floats, behind each other.
    """
    return [_Writer(protocol, module).write_all(n_rows, dtype) for module in MODULES]


class _Writer:
    """Writes tokens as the pickler does: what was made before is referred to."""

    def __init__(self, protocol: int, module: str) -> None:
        self._protocol, self._module = protocol, module
        self._tokens: list[Token] = []
        self._made: dict[str, Token] = {}

    def write_all(self, n_rows: int, dtype: np.dtype[Any]) -> Layout:
        names, vectors = dtype.names or ()
        vector, value = dtype[vectors], dtype[vectors].base
        (dimension,) = vector.shape
        self._write_array(n_rows)
        self._write_dtype(f"V{dtype.itemsize}")
        self._write(
            "mark", 3, _text("|"), "none", _text(names), _text(vectors), "tuple2", "dictionary", "mark"
        )
        self._write(_text(names))
        self._write_dtype("O8")
        self._write("mark", 3, _text("|"), "none", "none", "none", -1, -1, 63, "tuple", "build")
        self._write(0, "tuple2", _text(vectors))
        self._write_dtype(f"V{vector.itemsize}")
        self._write("mark", 3, _text("|"))
        value_type = self._write_dtype(value.str[1:])
        self._write("mark", 3, _text("<"), "none", "none", "none", -1, -1, 0, "tuple", "build")
        self._write(dimension, "tuple1", "tuple2", "none", "none", vector.itemsize, value.itemsize, 0)
        self._write("tuple", "build", 8, "tuple2", "setitems")
        self._write(dtype.itemsize, 1, 27, "tuple", "build", "false", "list")
        beginning, self._tokens = self._tokens, []
        self._write_array(dimension)
        self._write(value_type, "false", ("raw", 0, vector.itemsize), "tuple", "build", "tuple2")
        return Layout(beginning, self._tokens)

    def _write(self, *tokens: Token | int) -> None:
        self._tokens += [("int", token) if isinstance(token, int) else token for token in tokens]

    def _write_array(self, length: int) -> None:
        self._refer(self._module, "_reconstruct")
        self._refer("numpy", "ndarray")
        self._write(0, "tuple1", ("bytes", b"b"), "tuple3", "reduce", "mark", 1, length, "tuple1")

    def _write_dtype(self, name: str) -> Token:
        self._refer("numpy", "dtype")
        self._write(_text(name), "false", "true", "tuple3", "reduce")
        return "made", len(self._tokens) - 1

    def _refer(self, module: str, name: str) -> None:
        if name in self._made:
            self._write(self._made[name])
            return
        if self._protocol == 3:
            self._write(("global", f"{module} {name}"))
        else:
            self._write(_text(module), _text(name), "stack_global")
        self._made[name] = "made", len(self._tokens) - 1


def _text(value: str) -> Token:
    return "text", value
