"""What a dialect can say: the wording of every answer, with no decision in it."""

from typing import Protocol

from omnibatch.emulator.faults.fault import DialectName
from omnibatch.emulator.orders.order import Terms
from omnibatch.emulator.serving.replies import Reply
from omnibatch.emulator.task import Task

__all__ = ["Dialect"]


class Dialect(Protocol):
    """One provider's way of answering."""

    name: DialectName
    terms: Terms
    moderation: str
    """The reason given for a clip that the content rules forbid."""

    def created(self, task: Task) -> Reply:
        """Say that a create was accepted."""

    def status(self, task: Task, now: float, link: str) -> Reply:
        """Say where a task stands at `now`; `link` opens its clip."""

    def unknown_state(self, task: Task) -> Reply:
        """Give a state that no page names."""

    def callback(self, task: Task, now: float, link: str) -> object:
        """Return the document POSTed to a callback URL about where a task stands."""

    def unauthorized(self) -> Reply:
        """Say that the key is missing or not known."""

    def malformed(self, why: str) -> Reply:
        """Say that the body is no JSON object."""

    def invalid(self, why: str) -> Reply:
        """Say that a parameter breaks a rule."""

    def unknown_model(self, model: str) -> Reply:
        """Say that there is no such model."""

    def refused(self) -> Reply:
        """Refuse a request for no reason of form."""

    def duplicate(self, external_id: str) -> Reply:
        """Say that an external id was used before."""

    def no_credit(self) -> Reply:
        """Say that the account cannot pay."""

    def too_many(self) -> Reply:
        """Say that too many tasks are running."""

    def rate_limited(self) -> Reply:
        """Say that requests come too fast."""

    def not_found(self) -> Reply:
        """Say that there is no such task."""
