"""What holds of every folder of files that a manifest may be, whatever is in it.

    python -m tests.fuzz.expanding 5000 1

makes up 5,000 of them, beginning at the seed 1, and says which problems came up how often.
The tests make up a hundred, the same each time.
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, seed, settings
from PIL import Image

from omnibatch.checks import check
from omnibatch.manifest import Loaded, load_manifest
from omnibatch.problems import Problem, errors_in

from .manifests import Folder, folders
from .oracle import lines_of

__all__ = ["check_folder", "furnish"]


_PICTURES = frozenset({"a.png", "b.png"})


def furnish(place: Path) -> None:
    """Put the pictures there that manifests name."""
    Image.new("RGB", (640, 360)).save(place / "a.png")
    Image.new("RGB", (64, 36)).save(place / "b.png")


def check_folder(folder: Folder, place: Path) -> Loaded:
    """Write the files of `folder` to `place`, and load: there is an answer, the same each time.

    Without an error there is a batch, whose shots and paths are in order; with one there is
    none. Every problem has a cure, and a place in a file that there is.
    """
    for name, text in folder.files.items():
        (place / name).write_text(text, encoding="utf-8", newline="")
    loaded = _load(folder, place)
    for problem in loaded.problems:
        _assert_placed(problem, place)
    assert (loaded.batch is None) == errors_in(loaded.problems)
    assert _load(folder, place) == loaded
    found = loaded.batch or loaded.sound
    if found is not None:
        slots = [str(shot.slot) for shot in found.shots]
        assert len(set(slots)) == len(slots)
        for shot in found.shots:
            assert not shot.target.startswith("/")
            assert ".." not in shot.target.split("/")
        for problem in check(found).problems:
            _assert_placed(problem, place)
    return loaded


def _load(folder: Folder, place: Path) -> Loaded:
    return load_manifest(
        place / "film.yaml",
        variables=folder.variables,
        profile=folder.profile,
        shown="film.yaml",
        ref_root=place,
    )


def _assert_placed(problem: Problem, folder: Path) -> None:
    """In a file that there is, up to one column past the end of a line of it."""
    assert problem.message
    assert problem.hint, str(problem)
    for place in (problem.place, *(each.place for each in problem.related)):
        # A picture that is included as if it were text has places, too, in its bytes.
        lines = lines_of((folder / place.file).read_bytes())
        if place.line and place.file not in _PICTURES:
            assert 1 <= place.line <= len(lines), str(problem)
            assert 1 <= place.column <= len(lines[place.line - 1]) + 1, str(problem)


def main() -> None:
    """Make up as many as the first argument says, from the seed that the second says."""
    times, start = int(sys.argv[1]), int(sys.argv[2])
    codes: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        furnish(place)

        @seed(start)
        @settings(
            max_examples=times,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(folder=folders)
        def fuzz(folder: Folder) -> None:
            loaded = check_folder(folder, place)
            codes.update({problem.code for problem in loaded.problems})
            ends["a batch" if loaded.batch else "problems"] += 1

        fuzz()
    print(dict(ends), dict(sorted(codes.items())))


if __name__ == "__main__":
    main()
