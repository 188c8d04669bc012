"""Uses of the public API, which mypy must accept; `test_public_api` runs them, too."""

from decimal import Decimal
from pathlib import Path

from omnibatch import (
    Asked,
    Exit,
    LedgerPlace,
    Money,
    OmnibatchError,
    Problem,
    Shot,
    check,
    load_manifest,
    plan_batch,
    read_ledger,
    state_of,
)


def problems_of(manifest: Path, variables: dict[str, str]) -> tuple[Problem, ...]:
    """What `omnibatch validate` would say."""
    loaded = load_manifest(manifest, variables=variables)
    if loaded.batch is None:
        return loaded.problems
    return loaded.problems + check(loaded.batch).problems


def prompts_of(manifest: Path) -> dict[str, str]:
    """The prompt of each shot, fully resolved."""
    loaded = load_manifest(manifest)
    shots: tuple[Shot, ...] = loaded.batch.shots if loaded.batch is not None else ()
    return {shot.id: shot.prompt for shot in shots}


def cost_of(manifest: Path, endpoints: dict[str, str]) -> Money | None:
    """What the next run would pay."""
    loaded = load_manifest(manifest)
    checked = check(loaded.batch).batch if loaded.batch is not None else None
    if checked is None:
        raise OmnibatchError(f"{manifest} has problems", "omnibatch validate names them")
    place = LedgerPlace.beside(manifest)
    asked = Asked(
        endpoints=endpoints,
        can_look_up=lambda provider: provider == "cometapi",
        clip_exists=lambda output: (place.root / output.path).exists(),
    )
    cost: Money | None = plan_batch(checked, read_ledger(place), asked).cost
    return cost


def states_of(manifest: Path) -> dict[str, str]:
    """The state word of each attempt."""
    attempts = read_ledger(LedgerPlace.beside(manifest)).attempts
    return {attempt.id: state_of(attempt).value for attempt in attempts.values()}


def is_too_dear(cost: Money) -> Exit:
    """An exit code, by name."""
    return Exit.DONE if cost <= Money(Decimal("12.50"), "USD") else Exit.BUDGET
