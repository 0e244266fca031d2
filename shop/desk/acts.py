"""What staff do about what is stuck, as the audit has it."""

from dataclasses import dataclass

from shop.staff.acts import StaffAct


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayEffect(StaffAct):
    """A given-up effect was tried afresh."""

    effect: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DismissEffect(StaffAct):
    """A given-up effect was put away."""

    effect: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DismissInboxEvent(StaffAct):
    """An inbox event was put away."""

    inbox_event: int
