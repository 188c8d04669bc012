"""Where values of shots were written, kept small: a hundred thousand shots say it each."""

from array import array
from collections.abc import Iterator, Mapping
from operator import is_

from omnibatch.manifest import nodes
from omnibatch.problems import Place

__all__ = ["Shared"]


class _Places(Mapping[str, Place]):
    """Places by key: keys and files are shared by all shots alike, numbers are packed."""

    __slots__ = ("_files", "_keys", "_numbers")

    def __init__(
        self, keys: Mapping[str, int], files: tuple[str, ...], numbers: "array[int]"
    ) -> None:
        # `numbers` are all lines, and then all columns.
        self._keys = keys
        self._files = files
        self._numbers = numbers

    def __getitem__(self, key: str) -> Place:
        at = self._keys[key]
        return Place(self._files[at], self._numbers[at], self._numbers[at + len(self._files)])

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def has(self, keys: Mapping[str, int]) -> bool:
        """Whether these are its keys, and not such as are like them."""
        return self._keys is keys


class Shared:
    """Maps that many shots have alike, each kept once."""

    def __init__(self) -> None:
        self._texts: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = {}
        self._keys: dict[tuple[str, ...], Mapping[str, int]] = {}
        self._files: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._last_texts: Mapping[str, str] = {}
        self._last_nodes: tuple[nodes.Node, ...] = ()
        self._last_places: Mapping[str, Place] = {}

    def texts(self, texts: Mapping[str, str]) -> Mapping[str, str]:
        """`texts`, or the same from before."""
        if texts != self._last_texts:
            self._last_texts = self._texts.setdefault(tuple(texts.items()), texts)
        return self._last_texts

    def places(self, written: Mapping[str, nodes.Node]) -> Mapping[str, Place]:
        """The places of `written`, packed; those of the shot before where they are the same."""
        names, held = tuple(written), tuple(written.values())
        if not names:  # a shot of bad values alone
            return {}
        keys = self._keys.get(names)
        if keys is None:
            keys = self._keys[names] = {name: at for at, name in enumerate(names)}
        last = self._last_places
        same = len(held) == len(self._last_nodes) and all(map(is_, held, self._last_nodes))
        if same and isinstance(last, _Places) and last.has(keys):
            return last
        self._last_nodes = held
        places = [node[2:5] if type(node) is nodes.Scalar else node.place for node in held]
        files, lines, columns = zip(*places, strict=True)
        files = self._files.setdefault(files, files)
        self._last_places = _Places(keys, files, array("I", lines + columns))
        return self._last_places
