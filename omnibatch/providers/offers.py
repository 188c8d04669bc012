"""What providers offer: the shipped table, and the rows that other packages bring along."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from omnibatch.errors import UsageError
from omnibatch.providers.registry import provider_named, provider_names
from omnibatch.providers.table import TABLE, ModelRow, Table

__all__ = ["fault_of", "known_providers", "table_with"]


def table_with(names: Iterable[str], table: Table = TABLE) -> Table:
    """`table` with the models of those `names` that it lacks and a sound package brings.

    Built-in names cost no look at the installed packages.
    """
    lacking = sorted(set(names) - set(table.providers()))
    rows = tuple(row for name in lacking for row in _brought(name)[0])
    return replace(table, rows=(*table.rows, *rows)) if rows else table


def fault_of(name: str) -> UsageError | None:
    """What is wrong with the package that brings the provider `name`; None where none does."""
    return _brought(name)[1]


def known_providers(table: Table = TABLE) -> tuple[str, ...]:
    """The providers of `table`, then those of other packages by name, loading none."""
    return tuple(dict.fromkeys((*table.providers(), *provider_names())))


@cache
def _brought(name: str) -> tuple[tuple[ModelRow, ...], UsageError | None]:
    if name not in provider_names():
        return (), None
    try:
        provider = provider_named(name)
    except UsageError as error:
        return (), error
    try:
        rows = tuple(provider.models())
        strangers = [row for row in rows if row.provider != name]
    except Exception as error:  # a foreign package may fail in any way
        return (), UsageError(f"provider {name} cannot say its models: {error}")
    if strangers or not rows:
        what = f"has models of {strangers[0].provider}" if strangers else "has no models"
        return (), UsageError(f"provider {name} {what}", "tell the authors of its package")
    return rows, None
