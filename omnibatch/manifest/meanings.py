"""What every code of this room means: of the reader, of the language, of rows."""

from typing import Final

from omnibatch.manifest import codes
from omnibatch.manifest.rows import codes as of_rows
from omnibatch.manifest.text import codes as of_text

__all__ = ["MEANINGS"]

MEANINGS: Final = {**of_text.MEANINGS, **codes.MEANINGS, **of_rows.MEANINGS}
