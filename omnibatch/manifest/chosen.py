"""What the command line chooses of a manifest: values of variables, and a profile."""

from collections.abc import Iterator, Mapping
from typing import Final

from omnibatch.manifest import codes, nodes
from omnibatch.manifest.composition.film import Film
from omnibatch.manifest.expansion.scope import Setting
from omnibatch.manifest.names import variable_name_problems
from omnibatch.manifest.suggest import did_you_mean, listed
from omnibatch.problems import Place, Problem

__all__ = ["MOST_PROFILES", "profile_of", "unused_variables", "variables_of"]

# A manifest is checked with each of its profiles in turn.
MOST_PROFILES: Final = 50


def variables_of(
    film: Film, given: Mapping[str, str], whole: Place, problems: list[Problem]
) -> dict[str, nodes.Scalar | str]:
    """The variables of the film, and over them those `given` as `--var`.

    What is wrong with the latter has its place in the file as a `whole`.
    """
    variables: dict[str, nodes.Scalar | str] = dict(film.variables)
    for word, text in given.items():
        problems += variable_name_problems(word, whole)
        if any(0xD800 <= ord(char) < 0xE000 for char in text):
            message = f"the value of --var {word} is not UTF-8"
            hint = "give it in the encoding of the terminal"
            problems.append(
                Problem(place=whole, code=codes.WRONG_VALUE, message=message, hint=hint)
            )
        else:
            variables[word] = text
    return variables


def profile_of(
    manifest: nodes.Mapping,
    film: Film,
    asked: str | None,
    whole: Place,
    problems: list[Problem],
) -> str | None:
    """The profile to use: the one asked for, else the manifest's own; None for none."""
    node = manifest.get("profile")
    # That an empty one is none has been said.
    written = node.text if isinstance(node, nodes.Scalar) and node.text.strip() else None
    known = film.profiles
    if len(known) > MOST_PROFILES:
        profiles = manifest.key("profiles")
        message = f"there are {len(known):,} profiles, limit {MOST_PROFILES}"
        hint = "a profile is a way to render the whole film: a few are enough"
        place = profiles.place if profiles else whole
        problems.append(Problem(place=place, code=codes.WRONG_COUNT, message=message, hint=hint))
        return None
    if asked is None and written is None:
        if known and node is None:
            profiles = manifest.key("profiles")
            message = f"there are profiles ({listed(known)}), and none is chosen"
            hint = f"write profile: {next(iter(known))}, or give --profile"
            place = profiles.place if profiles else whole
            problems.append(Problem(place=place, code=codes.NO_PROFILE, message=message, hint=hint))
        return None
    chosen, place = (
        (asked, whole) if asked is not None else (written, node.place if node else whole)
    )
    assert chosen is not None
    for word, at in {chosen: place, **({written: node.place} if written and node else {})}.items():
        if word not in known:
            message = f"there is no profile {word[:60]}"
            hint = did_you_mean(word, known) or (
                "leave --profile out: the manifest has no profiles"
                if at == whole
                else "add it to profiles"
            )
            problems.append(
                Problem(place=at, code=codes.UNKNOWN_PROFILE, message=message, hint=hint)
            )
    return chosen if chosen in known else None


def unused_variables(given: Mapping[str, str], setting: Setting, whole: Place) -> Iterator[Problem]:
    """A --var that nothing uses is probably misspelt, and its shots would be paid for."""
    used = setting.templates.words
    for word in given:
        if word not in used:
            others = [name for name in used | set(setting.variables) if name != word]
            near = did_you_mean(word, sorted(others)) or f"leave --var {word} out"
            message = f"nothing in the manifest uses --var {word}"
            yield Problem(place=whole, code=codes.UNUSED_VARIABLE, message=message, hint=near)
