"""How often more something is so, in words for the end of a message."""

__all__ = ["and_more"]


def and_more(others: int, where: str = "in ", *, what: str = "") -> str:
    """` [and in 499 more rows]`; nothing where there are no others. `what` tells them apart."""
    if not others:
        return ""
    words = f"{where}{others:,} more row{'' if others == 1 else 's'}"
    return f" [and {words} {what}]" if what else f" [and {words}]"
