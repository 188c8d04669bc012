"""What each code means, gathered from the rooms that own them and from the page about them."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

__all__ = ["meanings", "paragraphs"]

_PARAGRAPH: Final = re.compile(r"^### (OB\d{3})\n\n(.*?)(?=\n\n#|\Z)", re.MULTILINE | re.DOTALL)


def meanings() -> Mapping[str, str]:
    """A line for each code that there is, by code, in their order."""
    from omnibatch import checks, manifest

    return dict(sorted({**manifest.MEANINGS, **checks.MEANINGS}.items()))


@cache
def paragraphs() -> Mapping[str, str]:
    """What docs/problems.md says about each code: what it means, and what to do.

    A wheel carries the page inside the package; a checkout, beside it.
    """
    package = Path(__file__).parents[2]
    page = package / "docs" / "problems.md"
    if not page.is_file():
        page = package.parent / "docs" / "problems.md"
    return {
        code: text.strip() for code, text in _PARAGRAPH.findall(page.read_text(encoding="utf-8"))
    }
