"""Reference tokens in prompts, such as `<<<image_1>>>`, and what was probably meant as one."""

import re
from typing import Final

__all__ = ["TOKEN", "tokens_in"]

TOKEN: Final = re.compile(r"<<<(image|element|video)_([1-9][0-9]{0,3})>>>")
"""A token: the kind of its reference, and the number in that list."""

# Whatever stands in angle brackets. It begins at the first bracket of a run and is bounded
# on all sides, so that no text takes long.
_BRACKETED = re.compile(r"(?<!<)<{1,8}[^<>\n]{0,64}>{1,8}")
_MEANT = re.compile(r"<<<.*>>>|.*(?:image|img|element|video)[ _-]?[0-9]", re.IGNORECASE | re.DOTALL)


def tokens_in(text: str) -> list[str]:
    """The tokens in `text`, and what was meant as such: each once, as written."""
    if "<" not in text:
        return []
    return [found for found in dict.fromkeys(_BRACKETED.findall(text)) if _MEANT.match(found)]
