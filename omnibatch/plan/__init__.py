"""The plan room: batch times ledger gives steps, with reasons and prices. Its door."""

from omnibatch.plan.asked import Asked
from omnibatch.plan.decide import plan_batch, plan_ledger
from omnibatch.plan.drift import ClipFile, Drift, drifts_of
from omnibatch.plan.expiry import expired
from omnibatch.plan.history import in_question, tip_of
from omnibatch.plan.names import Names
from omnibatch.plan.selection import select_slots
from omnibatch.plan.sources import closed_shots
from omnibatch.plan.steps import Action, Plan, Step, total_of

__all__ = [
    "Action",
    "Asked",
    "ClipFile",
    "Drift",
    "Names",
    "Plan",
    "Step",
    "closed_shots",
    "drifts_of",
    "expired",
    "in_question",
    "plan_batch",
    "plan_ledger",
    "select_slots",
    "tip_of",
    "total_of",
]
