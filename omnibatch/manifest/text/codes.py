"""The stable codes of the YAML reader's problems, and what each means."""

from typing import Final

__all__ = ["MEANINGS"]

MEANINGS: Final = {
    "OB101": "text that is not UTF-8 (a byte order mark is fine)",
    "OB102": "invisible control characters, written or by escapes",
    "OB103": "more than 64 MB (67,108,864 bytes)",
    "OB104": "an empty file",
    "OB105": "a second document after ---",
    "OB106": "% directives other than %YAML 1.1 and %YAML 1.2",
    "OB107": "more values, or a longer list or map, than are read",
    "OB108": "so many problems that the rest is not looked at",
    "OB110": "other text that is not YAML",
    "OB111": "unquoted text that means something else",
    "OB112": "unquoted text that starts with a template, {{ ... }}",
    "OB113": "words after a closing quote",
    "OB114": "a quote or bracket that is not closed, or closed too late",
    "OB115": "a tab where spaces are meant",
    "OB116": "a line in the wrong column",
    "OB117": "no space after : or -",
    "OB118": "a list and a map in one",
    "OB119": 'an escape that YAML does not know, such as "\\c"',
    "OB120": "the same key twice in one map",
    "OB121": "a key that is a list, a map or nothing",
    "OB122": "tags (!now, !!python/object)",
    "OB123": "an alias to a name that does not exist",
    "OB124": "an alias inside the value that it repeats",
    "OB125": "aliases that stand for more than 1,000,000 values",
    "OB126": "lists and maps more than 60 levels deep",
    "OB127": "a merge (<<) of something that is no map",
    "OB128": "a name that no alias uses, before unquoted text",
    "OB130": "a comment one space after text",
    "OB131": "a # that touches what stands before it, outside of any text",
    "OB132": "a key, known by its shape",
}
