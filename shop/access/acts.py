"""What staff do to access, as the audit has it."""

from dataclasses import dataclass

from shop.staff.acts import StaffAct


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspend(StaffAct):
    """Access was stopped."""

    subscription: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(StaffAct):
    """Access was given back."""

    subscription: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Resend(StaffAct):
    """Credentials were sent again."""

    subscription: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotate(StaffAct):
    """New credentials were asked for."""

    subscription: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadStock(StaffAct):
    """So many lines were put on the shelf; so many stood there already, or were replaced there."""

    plan: str
    added: int
    repeated: int
    replaced: int = 0
