"""Models of windows and sequences, behind the two interfaces that matching knows."""

from lakhdb.engine.models.protocols import Embedder, Hasher, Side
from lakhdb.engine.models.training_free import LocalMeanHasher, WindowEmbedder

__all__ = ["Embedder", "Hasher", "Side", "default_embedder", "default_hasher"]


def default_embedder() -> Embedder:
    """Return the embedder that new features are made with."""
    return WindowEmbedder()


def default_hasher() -> Hasher:
    """Return the hasher that new features are made with."""
    return LocalMeanHasher()
