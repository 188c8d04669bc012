"""A number and what it counts, in words."""

__all__ = ["counted"]


def counted(number: int, word: str) -> str:
    """`1 image`, `5 images`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"
