"""The files of rows that shots name: each read once, and asked which of its rows count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.expansion.scope import Scope, Setting
from omnibatch.manifest.expansion.where import Where
from omnibatch.manifest.sources import Sources
from omnibatch.manifest.template.rendering import Parts
from omnibatch.problems import Place, Problem
from omnibatch.shots import FileSource

if TYPE_CHECKING:
    from omnibatch.manifest.rows import Rows

__all__ = ["MOST_BYTES", "Row", "Tables"]

MOST_BYTES: Final = 200_000_000


class Row(NamedTuple):
    """One row: its cells by column, and where it stands."""

    cells: Parts
    place: Place


class Tables:
    """Reads files of rows; findings are added to the problems of `setting`."""

    def __init__(self, sources: Sources, setting: Setting) -> None:
        self._sources = sources
        self._setting = setting
        self._read: dict[tuple[object, ...], Rows | None] = {}

    def rows(self, node: nodes.Node, scene: str) -> Iterator[Row]:
        """The rows that `rows` asks for on a shot in `scene`; that there are none is recorded."""
        file = node.get("file") if isinstance(node, nodes.Mapping) else node
        table = self._table(node, file) if isinstance(file, nodes.Scalar) else None
        if table is None:
            return
        written = node.get("where") if isinstance(node, nodes.Mapping) else None
        where = Where(written, self._setting, scene) if isinstance(written, nodes.Scalar) else None
        if where is not None and not where.is_right():
            return
        some = False
        for number in range(len(table)):
            cells = Parts(table.cells(number))
            if where is not None:
                holds = where.holds(cells)
                if holds is None:
                    return
                if not holds:
                    continue
            some = True
            yield Row(cells, table.place(number))
        if not some and len(table):
            place = written.place if written is not None else node.place
            message = f"no row of {table.file} fits: all {len(table):,} are left out"
            hint = 'change where: cells are text, as in row.stock != "0"; or take the shot out'
            self._add(place, codes.EMPTY_MATRIX, message, hint)

    def _table(self, node: nodes.Node, file: nodes.Scalar) -> Rows | None:
        path = Scope(self._setting).text(file)
        if path is None:
            return None
        source = self._sources.find(path, file)
        if source is None:
            return None
        if not isinstance(source, FileSource):
            self._add(file.place, codes.PATH_REFUSED, f"{path[:60]} is an address", "name a file")
            return None
        options = {
            key: scalar.text if isinstance(scalar, nodes.Scalar) else None
            for key in ("format", "encoding", "delimiter")
            for scalar in (node.get(key) if isinstance(node, nodes.Mapping) else None,)
        }
        known = (source.path, *options.values())
        if known not in self._read:
            self._read[known] = self._file(source, file, options)
        return self._read[known]

    def _file(
        self, source: FileSource, file: nodes.Scalar, options: Mapping[str, str | None]
    ) -> Rows | None:
        from omnibatch.manifest.rows import read_rows  # few manifests have any

        shown = self._sources.shown(source, file)
        delimiter = options["delimiter"]
        try:
            size = source.path.stat().st_size
            if size > MOST_BYTES:
                message = f"{shown} has {size:,} bytes, limit {MOST_BYTES:,}"
                self._add(file.place, codes.BAD_INCLUDE, message, "divide the file")
                return None
            rows, problems = read_rows(
                source.path.read_bytes(),  # kept by nobody else: it may be large
                file=shown,
                format=options["format"],
                encoding=options["encoding"],
                delimiter="\t" if delimiter == "tab" else delimiter,
                place=file.place,
            )
        except OSError as error:
            message = f"{shown} cannot be read: {error.strerror}"
            self._add(file.place, codes.BAD_INCLUDE, message, "check its permissions")
            return None
        self._setting.problems.extend(problems)
        return rows

    def _add(self, place: Place, code: str, message: str, hint: str) -> None:
        self._setting.problems.append(Problem(place=place, code=code, message=message, hint=hint))
