"""From a manifest's text to shots, or to everything that is wrong with it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from omnibatch.manifest.load import Loaded, load_manifest
    from omnibatch.manifest.meanings import MEANINGS

__all__ = ["MEANINGS", "Loaded", "load_manifest"]


def __getattr__(name: str) -> object:
    if name == "MEANINGS":
        from omnibatch.manifest.meanings import MEANINGS

        return MEANINGS
    if name in __all__:
        from omnibatch.manifest import load

        return getattr(load, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
