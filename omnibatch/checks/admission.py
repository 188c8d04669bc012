"""Whole-batch admission: every shot is judged, and one error keeps all from being bought."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from omnibatch.checks.checked import CheckedShot, CheckResult, admit
from omnibatch.checks.codes import Code, error, warning
from omnibatch.checks.digest import digest_of, request_of
from omnibatch.checks.findings import Findings
from omnibatch.checks.images import Probe, look_at
from omnibatch.checks.prices import unused_prices
from omnibatch.checks.rules import judge_at, judge_shot, judge_words, likeness
from omnibatch.checks.videos import ProbeOfVideos, look_at_video
from omnibatch.collection import without_collection
from omnibatch.media import ImageFacts, ImageProbe, VideoFacts, VideoProbe
from omnibatch.problems import Problem, errors_in, in_file_order
from omnibatch.providers import TABLE, Table, fault_of, known_providers, price_of, table_with
from omnibatch.shots import Batch, Shot

__all__ = ["check"]

_MOST_REMEMBERED: Final = 10_000
_UNKNOWN: Final[tuple[int, tuple[str, ...]]] = (-1, ())


def check(
    batch: Batch,
    *,
    probe: Probe | None = None,
    video_probe: ProbeOfVideos | None = None,
    table: Table = TABLE,
) -> CheckResult:
    """Judge every shot of `batch`; admit the batch where no problem is an error.

    `probe` reads the facts of an image file, `video_probe` those of a video file; give one
    `ImageProbe` and one `VideoProbe` to all checks of a run, so that each file is read once
    and each content probed once. `table` holds limits and prices; those that the
    batch brings count before them, and models of providers that it lacks are asked of the
    packages that bring these. Skipped shots
    are judged like the others, and so are broken ones, which keep the batch from being
    admitted without a problem here: it has been told where it is. The cost grows with the number of shots, and with the
    number of distinct files. Nothing is raised for anything a manifest can hold.
    """
    with without_collection():
        return _check(batch, probe or ImageProbe(), video_probe or VideoProbe(), table)


def _check(batch: Batch, probe: Probe, video_probe: ProbeOfVideos, table: Table) -> CheckResult:
    table = table_with(_named(batch), table)
    unused = unused_prices(batch.prices, table)
    table = table.with_prices(batch.prices)
    findings = Findings(batch.shots)
    likes = _Likes(table)
    checked: list[CheckedShot] = []
    is_sound = True
    for shot in batch.shots:
        facts, faults = look_at(shot, probe)
        video, found = look_at_video(shot, video_probe)
        providers, others = likes.judge(shot, facts, video)
        problems = [*faults, *found, *judge_words(shot), *others]
        if problems:
            findings.add(shot, problems)
            is_sound = is_sound and not errors_in(problems)
        is_sound = is_sound and not shot.is_broken
        if is_sound:
            checked.append(_checked(shot, facts, providers, table))
    foreign = _foreign_budget(batch, checked)
    is_sound = is_sound and not foreign
    return CheckResult(
        batch=admit(batch, tuple(checked)) if is_sound else None,
        problems=in_file_order((*foreign, *unused, *findings.problems())),
    )


def _named(batch: Batch) -> set[str]:
    """Every provider that the batch says a word about."""
    priced = {rule.provider for rule in batch.prices if rule.provider}
    return priced.union(*{shot.providers for shot in batch.shots})


def _foreign_budget(batch: Batch, checked: Sequence[CheckedShot]) -> tuple[Problem, ...]:
    """A budget that no price can be held against would be no budget."""
    priced = {shot.price.currency for shot in checked if shot.price is not None}
    if batch.budget is None or batch.budget_place is None or priced <= {batch.budget.currency}:
        return ()
    currency = min(priced)
    return (
        Problem(
            place=batch.budget_place,
            code=Code.BUDGET_CURRENCY,
            message=f"the budget is in {batch.budget.currency}, and prices are in {currency}",
            hint=f"give it in {currency}",
        ),
    )


class _Likes:
    """The verdict on each shot but for its words, remembered where nothing is wrong.

    What is fine with a long prompt is fine with a shorter one.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._fine: dict[Hashable, tuple[int, tuple[str, ...]]] = {}

    def judge(
        self, shot: Shot, facts: Sequence[ImageFacts | None], video: VideoFacts | None
    ) -> tuple[tuple[str, ...], Sequence[Problem]]:
        """The providers that can take the shot, and what is to be said."""
        like = likeness(shot, facts)
        longest, providers = self._fine.get(like, _UNKNOWN)
        if len(shot.prompt) <= longest:
            return providers, ()
        choice = _choose(shot, facts, video, self._table)
        problems = (*judge_shot(shot), *choice.problems)
        if not problems and like is not None:
            if len(self._fine) >= _MOST_REMEMBERED:
                self._fine.clear()
            self._fine[like] = len(shot.prompt), choice.providers
        return choice.providers, problems


@dataclass(frozen=True, slots=True)
class _Choice:
    """The providers of a shot's list that can take it, in order, and what to say."""

    providers: tuple[str, ...]
    problems: tuple[Problem, ...]


def _choose(
    shot: Shot, facts: Sequence[ImageFacts | None], video: VideoFacts | None, table: Table
) -> _Choice:
    """Drop the providers that cannot take the shot; where none is left, say why."""
    known = table.providers()
    if not shot.providers:
        return _Choice((), (_no_provider(shot, known),))
    unknown: list[Problem] = []
    taken: list[str] = []
    said: list[Problem] = []
    refusals: list[tuple[str, list[Problem]]] = []
    for name in dict.fromkeys(shot.providers):
        if name not in known:
            unknown.append(_unknown_provider(shot, name, known_providers(table)))
            continue
        problems = _judge_provider(shot, facts, video, name, table)
        if errors_in(problems):
            refusals.append((name, problems))
        else:
            taken.append(name)
            said.extend(problems)
    if not taken:
        first = refusals[0][1] if refusals else []
        return _Choice((), (*unknown, *first))
    dropped = tuple(_dropped(shot, name, problems) for name, problems in refusals)
    return _Choice(tuple(taken), (*unknown, *said, *dropped))


def _judge_provider(
    shot: Shot,
    facts: Sequence[ImageFacts | None],
    video: VideoFacts | None,
    provider: str,
    table: Table,
) -> list[Problem]:
    row = table.row(provider, shot.model)
    if row is None:
        return [_unknown_model(shot, provider, table)]
    return judge_at(shot, facts, video, row)


def _dropped(shot: Shot, provider: str, problems: Sequence[Problem]) -> Problem:
    reasons = [problem.message for problem in problems if problem.severity == "error"]
    more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
    return warning(
        Code.PROVIDER_DROPPED,
        shot.place_of("provider"),
        f"{provider} cannot take this shot and is left out: {reasons[0]}{more}",
        f"take {provider} off the list, or change the shot",
    )


def _no_provider(shot: Shot, known: Sequence[str]) -> Problem:
    return error(
        Code.NO_PROVIDER,
        shot.place_of("provider"),
        "the shot names no provider",
        f"write provider: {' or '.join(known)}",
    )


def _unknown_provider(shot: Shot, name: str, known: Sequence[str]) -> Problem:
    fault = fault_of(name)
    return error(
        Code.UNKNOWN_PROVIDER,
        shot.place_of("provider"),
        fault.message if fault else f"there is no provider {name!r}",
        fault.hint if fault else _suggest(name, known),
    )


def _unknown_model(shot: Shot, provider: str, table: Table) -> Problem:
    return error(
        Code.UNKNOWN_MODEL,
        shot.place_of("model"),
        f"{provider} has no model {shot.model!r} that is known here",
        _suggest(shot.model, table.models(provider)),
    )


def _suggest(word: str, known: Sequence[str]) -> str:
    close = get_close_matches(word, known, n=1)
    listed = f"known: {', '.join(known)}"
    return f"did you mean {close[0]}? {listed}" if close else listed


def _checked(
    shot: Shot,
    facts: tuple[ImageFacts | None, ...],
    providers: tuple[str, ...],
    table: Table,
) -> CheckedShot:
    request = request_of(shot, facts)
    return CheckedShot(
        shot=shot,
        provider=providers[0],
        providers=providers,
        digest=digest_of(request),
        request=request,
        price=price_of(shot, providers[0], table),
        image_facts=facts,
    )
