"""Where values of shots were written, kept small: a hundred thousand shots say it each."""

from array import array
from collections.abc import Iterator, Mapping

from omnibatch.problems import Place

__all__ = ["Shared"]


class _Places(Mapping[str, Place]):
    """Places by key: keys and files are shared by all shots alike, numbers are packed."""

    __slots__ = ("_files", "_keys", "_numbers")

    def __init__(
        self, keys: Mapping[str, int], files: tuple[str, ...], numbers: "array[int]"
    ) -> None:
        self._keys = keys
        self._files = files
        self._numbers = numbers

    def __getitem__(self, key: str) -> Place:
        at = self._keys[key]
        return Place(self._files[at], self._numbers[2 * at], self._numbers[2 * at + 1])

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


class Shared:
    """Maps that many shots have alike, each kept once."""

    def __init__(self) -> None:
        self._texts: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = {}
        self._keys: dict[tuple[str, ...], Mapping[str, int]] = {}
        self._files: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._last: Mapping[str, Place] = {}

    def texts(self, texts: Mapping[str, str]) -> Mapping[str, str]:
        """`texts`, or the same from before."""
        return self._texts.setdefault(tuple(texts.items()), texts)

    def places(self, places: Mapping[str, Place]) -> Mapping[str, Place]:
        """`places`, packed; those of the shot before where they are the same."""
        names = tuple(places)
        keys = self._keys.get(names)
        if keys is None:
            keys = self._keys[names] = {name: at for at, name in enumerate(names)}
        numbers = array("I", [number for place in places.values() for number in place[1:]])
        files = tuple([place[0] for place in places.values()])
        shared = self._files.setdefault(files, files)
        last = self._last
        if (
            isinstance(last, _Places)
            and last._keys is keys
            and last._files is shared
            and last._numbers == numbers
        ):
            return last
        self._last = _Places(keys, shared, numbers)
        return self._last
