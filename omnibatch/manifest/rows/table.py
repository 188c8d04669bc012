"""The rows of one file, kept small: a hundred thousand of them are an ordinary number."""

from array import array
from collections.abc import Iterator, Sequence
from typing import Final

from omnibatch.problems import Place

__all__ = ["MOST_CELLS", "MOST_COLUMNS", "MOST_ROWS", "Rows"]

MOST_ROWS: Final = 1_000_000
MOST_COLUMNS: Final = 1_000
MOST_CELLS: Final = 10_000_000


class Rows:
    """The rows of one file.

    `columns` are their names in order, `file` is how the file is shown. A row is the
    texts of its cells in the order of the columns; `lines` are the lines where they begin.
    """

    __slots__ = ("_lines", "_records", "columns", "file")

    def __init__(
        self,
        columns: tuple[str, ...],
        file: str,
        records: Sequence[Sequence[str]],
        lines: "array[int]",
    ) -> None:
        self.columns = columns
        self.file = file
        self._records = records
        self._lines = lines

    def __len__(self) -> int:
        return len(self._records)

    def cells(self, row: int) -> Iterator[tuple[str, str]]:
        """The cells of the row with this number, from 0, by column; empty ones are empty text."""
        return zip(self.columns, self._records[row], strict=True)

    def column(self, at: int) -> Sequence[str]:
        """All cells of the column with this number, from 0."""
        return [record[at] for record in self._records]

    def place(self, row: int) -> Place:
        """Where the row with this number, from 0, begins."""
        return Place(self.file, self._lines[row], 1)
