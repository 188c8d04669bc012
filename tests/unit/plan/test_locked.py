"""A locked shot with a clip is never bought again, whatever changes and whoever asks."""

from omnibatch.ledger import SendState, TaskState
from omnibatch.plan import Action

from .samples import LOCAL, ON, attempt, changed, collected, one, step

LOCKED = one(locked=True)
EDITED = changed(LOCKED, prompt="edited")


def test_a_locked_shot_without_a_clip_is_bought_like_any_other() -> None:
    assert step(LOCKED).action is Action.SUBMIT
    assert step(LOCKED, attempt(LOCKED, task=TaskState.FAILED), failed=True).costs


def test_a_changed_locked_shot_keeps_its_clip_and_says_so() -> None:
    clip = collected(LOCKED)
    found = step(EDITED, clip, requests={LOCKED.digest: LOCKED.request})

    assert (found.action, found.price, found.changed) == (Action.KEEP, None, True)
    assert found.reason == (
        "locked, although prompt opening -> edited; collected: renders/opening.mp4"
    )


def test_neither_stale_nor_failed_nor_a_grant_buys_it_again() -> None:
    assert (
        step(EDITED, collected(LOCKED, granted=ON), stale=True, failed=True).action is Action.KEEP
    )


def test_a_failed_attempt_after_the_clip_changes_nothing() -> None:
    clip = collected(LOCKED)
    failed = attempt(EDITED, task=TaskState.FAILED, after=clip)

    assert step(EDITED, clip, failed, failed=True).attempt == clip.id


def test_an_unchanged_locked_shot_is_kept_like_any_other() -> None:
    found = step(LOCKED, collected(LOCKED))

    assert (found.action, found.changed) == (Action.KEEP, False)


def test_the_clip_of_the_present_request_counts_before_a_later_one() -> None:
    first = collected(LOCKED)
    second = collected(EDITED, after=first)

    assert step(LOCKED, first, second).attempt == first.id
    assert step(changed(LOCKED, prompt="third"), first, second).attempt == second.id


def test_what_is_paid_for_is_still_collected_and_a_doubt_still_decided() -> None:
    clip = collected(LOCKED)

    running = attempt(EDITED, task=TaskState.RUNNING, after=clip)
    doubt = attempt(EDITED, send=SendState.IN_DOUBT, after=clip)
    assert step(EDITED, clip, running).action is Action.RESUME
    assert step(EDITED, clip, doubt).action is Action.DECIDE


def test_a_clip_that_is_gone_is_fetched_again_or_lost_and_never_bought() -> None:
    def gone(output: object) -> bool:
        return False

    fetched = step(EDITED, collected(LOCKED), clip_exists=gone, stale=True)
    lost = step(EDITED, collected(LOCKED), clip_exists=gone, stale=True, endpoint=LOCAL)
    assert (fetched.action, lost.action) == (Action.COLLECT, Action.LOST)


def test_a_rehearsed_clip_locks_nothing_real() -> None:
    assert step(LOCKED, collected(LOCKED, endpoint=LOCAL)).action is Action.SUBMIT


def test_a_locked_shot_that_was_renamed_keeps_its_clip() -> None:
    dock = one("dock", was="opening", locked=True)

    assert step(dock, collected(LOCKED), stale=True).action is Action.KEEP
