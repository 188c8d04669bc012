"""The stable codes of problems with files of rows, and what each means."""

from typing import Final

__all__ = ["MEANINGS"]

UNREADABLE: Final = "OB340"
NO_ROWS: Final = "OB341"
BAD_HEADER: Final = "OB342"
GUESSED_ENCODING: Final = "OB343"
RAGGED: Final = "OB344"
BROKEN: Final = "OB345"
NESTED: Final = "OB346"
STRANGE_CHARACTER: Final = "OB347"
TOO_LARGE: Final = "OB348"
DAMAGED: Final = "OB350"
BRACES: Final = "OB351"

MEANINGS: Final = {
    UNREADABLE: "a file of rows in a format or encoding that is not known or not right",
    NO_ROWS: "a file of rows without any",
    BAD_HEADER: "a column without a name (a warning), or two with one name",
    GUESSED_ENCODING: "a file of rows that is not UTF-8, and does not say what it is (a warning)",
    RAGGED: "a row with more or fewer cells than there are columns",
    BROKEN: "a file of rows that breaks off, or is not well formed",
    NESTED: "lists and maps in a row, too deep inside each other",
    STRANGE_CHARACTER: "a character in a file of rows that no text has",
    TOO_LARGE: "more rows, columns or text than are read",
    DAMAGED: "a cell that a spreadsheet has changed (a warning)",
    BRACES: "a cell that looks like a template (a warning)",
}
