"""`omnibatch status`: where each slot stands, by the ledger and the disk."""

import shutil
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import click

from omnibatch.cli.environment import Environment, read_environment
from omnibatch.cli.options import Chosen, ledger_option, manifest_options
from omnibatch.cli.placing import place_of
from omnibatch.cli.planning import asked_for, clip_in, clips_to_fetch, plan_for, spent_words
from omnibatch.cli.reading import Reading, attempts_by_slot, read_manifest
from omnibatch.cli.saying import say, say_error, say_json, say_notices, say_table
from omnibatch.cli.standing.clips import EVERY_BYTE, ClipCheck, check_clips
from omnibatch.cli.standing.details import details_of
from omnibatch.cli.standing.documents import status_json
from omnibatch.cli.standing.mends import Mender, cost_words
from omnibatch.cli.standing.rows import Row, clip_of, rows_of, speakers_of
from omnibatch.cli.twins import clips_not_here
from omnibatch.cli.typed import Typed
from omnibatch.endpoints import is_rehearsal
from omnibatch.errors import Exit, JournalMissing, LedgerDamaged, UsageError
from omnibatch.ledger import Ledger, LedgerPlace, doubts_beside, read_ledger, twice_claimed
from omnibatch.plan import Drift, closed_shots, select_slots, total_of
from omnibatch.providers import provider_named
from omnibatch.run import spent_on, unpriced_among

__all__ = ["command"]


@click.command("status", epilog="For instance: omnibatch status specs/harbor.yaml wave --json")
@manifest_options
@ledger_option
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON (schema: omnibatch schema status)."
)
@click.option("--verify", is_flag=True, help="Compare every byte of every clip, however long.")
def command(chosen: Chosen, ledger: Path | None, as_json: bool, verify: bool) -> Exit:
    """Show where each shot stands, what has drifted, and what mends it at which cost.

    With SHOTs named, shows all that is known of each. Reads the ledger and the disk only:
    no key, no network, and nothing is changed. Works for a manifest with problems, too,
    and during a run. Compares the size of each clip, and the bytes of those that changed
    last, up to 512 MB. Exits 0 whatever it finds; `plan --check` is the gate for scripts.
    """
    reading = read_manifest(chosen, tell=False)
    place = place_of(chosen, ledger)
    known = read_ledger(place)
    lost_run = None
    try:
        read_ledger(place, whole=True)
    except (JournalMissing, LedgerDamaged) as missing:
        say_error(missing.message, missing.hint)
        if isinstance(missing, JournalMissing) and known.open is not None:
            lost_run = known.open.since
    typed = Typed(chosen=chosen, ledger=ledger)
    rows, mender, check, more = _standing(typed, reading, known, place, lost_run, verify=verify)
    rows = _chosen(rows, chosen, reading)
    only_rehearsed = all(is_rehearsal(a.known_intent.endpoint) for a in known.attempts.values())
    spent = spent_on(known.attempts.values(), rehearsing=only_rehearsed)
    if as_json:
        budget = None if reading.batch is None else reading.batch.batch.budget
        document = status_json(
            rows,
            mender,
            check,
            manifest=chosen.manifest,
            spent=spent,
            budget=budget,
            with_attempts=bool(chosen.rest),
        )
        say_json(document)
        return Exit.DONE
    if chosen.rest:
        for row in rows:
            say("\n".join(details_of(row, mender.mends([row]), place.root)))
        return Exit.DONE
    _say_rows(rows)
    unpriced = unpriced_among(known.attempts.values(), rehearsing=only_rehearsed)
    counts = ", ".join(
        f"{n} {state}" for state, n in sorted(Counter(r.state for r in rows).items())
    )
    say(
        f"{reading.name}: {counts or 'no shots'}; spent: {spent_words(spent, unpriced)}{_lost_words(rows)}"
    )
    if check.by_size:
        say(
            f"clips: {check.by_bytes} compared byte for byte, {check.by_size} by size alone "
            "(--verify compares all)"
        )
    say_notices(twice_claimed(known.attempts.values()))
    say_notices(doubts_beside(known.attempts.values()))
    _say_mends(rows, mender)
    if more:
        clips = "1 more paid clip is" if more == 1 else f"{more} more paid clips are"
        say(
            f"{clips} not here, of earlier attempts, other machines, or shots taken out: "
            f"{typed.run('--all-clips ')}   (free)"
        )
    if reading.batch is None:
        say(f"the manifest has problems: omnibatch validate {chosen.manifest}")
    return Exit.DONE


def _standing(
    typed: Typed,
    reading: Reading,
    ledger: Ledger,
    place: LedgerPlace,
    lost_run: str | None,
    *,
    verify: bool,
) -> tuple[list[Row], Mender, ClipCheck, int]:
    """The rows of all slots, who names what mends them, and how their clips were compared.

    Then how many clips are not here that no plain run fetches.
    """
    providers = {attempt.known_intent.provider for attempt in ledger.attempts.values()}
    shots = () if reading.batch is None else reading.batch.shots
    providers |= {checked.provider for checked in shots}
    environment = read_environment(reading.manifest)
    endpoints = _endpoints(environment, providers)
    accounts = environment.account_names(endpoints, ledger.batch)
    asked = asked_for(
        place,
        endpoints,
        accounts=accounts,
        lost_run=lost_run,
        attempts=ledger.attempts.values(),
    )
    plan = plan_for(reading.batch, ledger, asked)
    attempts_of = attempts_by_slot(reading.batch, ledger.attempts)
    here = closed_shots(shots, attempts_of, clip_in(place.root))
    speakers = speakers_of(attempts_of, here, plan, place.root)
    outputs = [
        output for each in speakers.values() if (output := clip_of(each, place.root)) is not None
    ]
    check = check_clips(outputs, place.root, **({"most_bytes": EVERY_BYTE} if verify else {}))
    rows = rows_of(
        speakers,
        attempts_of,
        here,
        plan,
        asked,
        batch=reading.batch,
        clips=check.found,
        root=place.root,
    )
    counts = Counter(slot.shot for slot in {(s.shot, s.take): s for s in attempts_of}.values())
    mender = Mender(
        typed=typed,
        root=place.root,
        buys=bool(plan.submits),
        is_valid=reading.batch is not None,
        takes={shot for shot, count in counts.items() if count > 1},
        endpoint_variables={name: provider_named(name).endpoint_variable for name in endpoints},
        searched={name for name in endpoints if lost_run and asked.can_look_up(name)},
    )
    not_here = clips_not_here(ledger.attempts.values(), place.root, endpoints)
    return rows, mender, check, len(not_here - clips_to_fetch(plan))


def _endpoints(environment: Environment, providers: set[str]) -> Mapping[str, str]:
    """Where each provider would be asked. One that is not installed, or misset, is left out."""
    found = {}
    for name in sorted(providers):
        try:
            found[name] = environment.endpoint(name).name
        except UsageError:
            continue
    return found


def _lost_words(rows: list[Row]) -> str:
    """What a run whose journal is gone may have spent on what is undecided."""
    lost = [row for row in rows if row.is_of_lost_run]
    if not lost:
        return ""
    cost = total_of(row.price for row in lost)
    words = "at unknown prices" if cost is None else f"{cost} more"
    return f"; a lost run may have spent {words}"


def _chosen(rows: list[Row], chosen: Chosen, reading: Reading) -> list[Row]:
    if not chosen.rest:
        return rows
    shots = [] if reading.batch is None else [c.shot for c in reading.batch.shots]
    wanted = select_slots([row.slot for row in rows], select=chosen.rest, shots=shots)
    return [row for row in rows if row.slot in wanted]


def _say_rows(rows: list[Row]) -> None:
    if not rows:
        return
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    if any(row.drifts for row in rows):
        header: tuple[str, ...] = ("SHOT", "STATE", "DRIFT", "CLIP OR REASON")
        cells = [
            (str(r.slot), r.state, "+".join(d.value for d in r.drifts), _last_column(r))
            for r in rows
        ]
        say_table(header, cells, width=width)
        return
    header = ("SHOT", "STATE", "CLIP OR REASON")
    say_table(header, [(str(r.slot), r.state, _last_column(r)) for r in rows], width=width)


def _last_column(row: Row) -> str:
    path = row.output.path if row.output is not None else ""
    return "; ".join(part for part in (path, row.note) if part)


def _say_mends(rows: list[Row], mender: Mender) -> None:
    """A line for each way to mend what has drifted; orphans have none, being kept."""
    drifts = Counter(drift for row in rows for drift in row.drifts)
    mends = mender.mends(rows)
    for drift in (each for each in Drift if drifts[each]):
        word = f"{drift.value} {drifts[drift]}:"
        ways = [mend for mend in mends if mend.drift is drift]
        if not ways and drift is Drift.ORPHAN:
            say(f"{word} kept, since it is paid for; nothing to mend")
        for mend in ways:
            first = f"{mend.first}; then: " if mend.first else ""
            say(f"{word} {first}{mend.command}   ({cost_words(mend)})")
            word = f"{'or:':>{len(word)}}"
