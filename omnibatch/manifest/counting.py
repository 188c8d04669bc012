"""How often more something is so, in words for the end of a message."""

__all__ = ["and_more"]


def and_more(others: int, where: str = "in ") -> str:
    """` [and in 499 more rows]`; nothing where there are no others."""
    if not others:
        return ""
    return f" [and {where}{others:,} more row{'' if others == 1 else 's'}]"
