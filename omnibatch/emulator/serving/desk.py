"""The desk that takes orders in: limits, credit, uniqueness; then a task, and a charge."""

import math
from collections.abc import Callable
from typing import Literal

from omnibatch.emulator import marks
from omnibatch.emulator.faults.fault import DialectName, Fault
from omnibatch.emulator.orders.order import Order
from omnibatch.emulator.orders.prices import charge_micros
from omnibatch.emulator.settings import Settings
from omnibatch.emulator.store import Store
from omnibatch.emulator.task import Fate, Task

__all__ = ["Desk", "Refusal"]

Refusal = Literal["duplicate", "no_credit", "too_many"]

_POLICY = "[[policy]]"
_SLOW = "[[slow]]"


class Desk:
    """Accept or refuse orders. Charges stay when a task fails: no page promises them back."""

    def __init__(self, store: Store, settings: Settings, clock: Callable[[], float]) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock

    def take(
        self, order: Order, dialect: DialectName, account: str, fault: Fault | None, moderation: str
    ) -> Task | Refusal:
        """Return the task made of `order`, written down and charged, or why there is none.

        `fault` may settle the task's fate; `moderation` is the provider's reason for a
        clip that its content rules forbid.
        """
        with self._store.transaction():
            charge = charge_micros(
                model=order.model,
                mode=order.mode,
                seconds=order.seconds,
                sound=order.sound,
                keeps_sound=order.keeps_sound,
            )
            refusal = self._refusal(order, dialect, account, charge)
            if refusal is not None:
                return refusal
            task = self._task(order, dialect, account, charge, _fate(order, fault, moderation))
            self._store.add(task)
            return task

    def _refusal(
        self, order: Order, dialect: DialectName, account: str, charge: int
    ) -> Refusal | None:
        settings, store = self._settings, self._store
        # Only Kling's own dialect knows external ids; apimodels.app ignores the field.
        unique = dialect == "comet" and settings.duplicate == "refuse"
        external_id = order.external_id if unique else None
        if external_id is not None and store.find_external(dialect, account, external_id):
            return "duplicate"
        credit = settings.credit_micros
        if credit is not None and store.charged(dialect, account) + charge > credit:
            return "no_credit"
        limit = settings.parallel
        if limit is not None and store.running(dialect, account, self._clock()) >= limit:
            return "too_many"
        return None

    def _task(
        self,
        order: Order,
        dialect: DialectName,
        account: str,
        charge: int,
        fate: tuple[Fate, str],
    ) -> Task:
        seed, span = self._settings.seed, self._settings.render_s
        copy = self._store.copies(dialect, account, order.digest) + 1
        task_id = marks.task_id(seed, dialect, account, order.digest, copy)
        takes = marks.render_seconds(seed, task_id, span)
        now = self._clock()
        return Task(
            task_id=task_id,
            dialect=dialect,
            account=account,
            external_id=order.external_id,
            digest=order.digest,
            copy=copy,
            model=order.model,
            prompt=order.prompt,
            mode=order.mode,
            seconds=order.seconds,
            width=order.width,
            height=order.height,
            charge=charge,
            callback_url=order.callback_url,
            created_at=now,
            starts_at=now + min(self._settings.queue_s, takes),
            ends_at=math.inf if fate[0] == "stick" else now + takes,
            fate=fate[0],
            reason=fate[1],
        )


def _fate(order: Order, fault: Fault | None, moderation: str) -> tuple[Fate, str]:
    if fault is not None and fault.do == "fail_task":
        return "fail", fault.message
    if _SLOW in order.prompt or (fault is not None and fault.do == "stuck"):
        return "stick", ""
    if _POLICY in order.prompt:
        return "fail", moderation
    return "succeed", ""
