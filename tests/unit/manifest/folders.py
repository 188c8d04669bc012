"""Folders of files around a manifest, loaded in one line."""

from pathlib import Path

from omnibatch.manifest import Loaded, load_manifest
from omnibatch.shots import FileSource, Shot, Source

__all__ = ["HEAD", "RATIO", "Folder"]

HEAD = "version: 1\nprovider: apimodels\n"
RATIO = "defaults: {aspect_ratio: 16:9}\n"


class Folder:
    """A folder of files, loaded by the manifest `film.yaml`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, **files: str) -> None:
        """Write YAML files: `a__b="..."` is the file `a/b.yaml`."""
        for name, text in files.items():
            self.put(f"{name.replace('__', '/')}.yaml", text)

    def put(self, name: str, content: str | bytes) -> None:
        """Write one file of any kind."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())

    def load(
        self,
        film: str,
        profile: str | None = None,
        head: str = HEAD + RATIO,
        variables: dict[str, str] | None = None,
    ) -> Loaded:
        """Load the manifest that `head` and `film` make."""
        self.put("film.yaml", head + film)
        return load_manifest(
            self.path / "film.yaml", shown="film.yaml", profile=profile, variables=variables
        )

    def shots(
        self,
        film: str,
        profile: str | None = None,
        head: str = HEAD + RATIO,
        variables: dict[str, str] | None = None,
    ) -> list[Shot]:
        """The shots of a manifest without an error."""
        loaded = self.load(film, profile, head, variables)
        assert loaded.batch is not None, [str(found) for found in loaded.problems]
        return list(loaded.batch.shots)

    def said(self, film: str, profile: str | None = None, head: str = HEAD + RATIO) -> list[str]:
        """The places and codes of all that is wrong with a manifest."""
        found = self.load(film, profile, head).problems
        return [f"{each.place} {each.code}" for each in found]

    def sources(self, shot: Shot) -> list[str]:
        """The images of a shot: addresses, and paths from the folder."""
        return [self._source(image.source) for image in shot.images]

    def _source(self, source: Source) -> str:
        if isinstance(source, FileSource):
            return source.path.relative_to(self.path).as_posix()
        return source.url
