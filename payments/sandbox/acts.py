"""The buttons of the sandbox's page: everything that can happen to a payment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from payments.sandbox.saved_methods import ASKS, DECLINES, FINE
from payments.sandbox.till import RETURNED, Act, Slip
from shop.ports import Happening

_LATENESS = timedelta(minutes=1)
_BANKS_WORDS = frozenset({Happening.DISPUTED, Happening.DISPUTE_WON, Happening.DISPUTE_LOST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What pressing a button does to a slip; `words.labels` has its label.

    `card` is how a saved card behaves later, "" for buttons without a new card. `in_dispute`
    shows a button only once a bank was asked, and `word`, which it then says, only until it has
    said so; `after_refund` shows one only while a bank may still return a refund. `make` gets
    the slip, the present moment, and how long the network takes to confirm (zero for cards).
    """

    after_payment: bool
    card: str = ""
    make: Callable[[Slip, datetime, timedelta], Sequence[Act]]
    in_dispute: bool = False
    word: Happening | None = None
    after_refund: bool = False


def _pay(slip: Slip, now: datetime, delay: timedelta) -> list[Act]:
    return _money(slip, now, delay, minor=slip.amount.minor)


def _pay_late(slip: Slip, now: datetime, delay: timedelta) -> list[Act]:
    # Dated after the expiry even before that moment, so that nobody has to wait.
    late = max(now, slip.expires_at + _LATENESS)
    return _money(slip, now, delay, minor=slip.amount.minor, occurred_at=late)


def _underpay(slip: Slip, now: datetime, delay: timedelta) -> list[Act]:
    return _money(slip, now, delay, minor=max(slip.amount.minor // 2, 1))


def _overpay(slip: Slip, now: datetime, delay: timedelta) -> list[Act]:
    return _money(slip, now, delay, minor=slip.amount.minor * 3 // 2)


def _pay_twice(slip: Slip, now: datetime, delay: timedelta) -> list[Act]:
    first = _money(slip, now, delay, minor=slip.amount.minor)
    return [*first, *_money(slip, now, delay, minor=slip.amount.minor, place=len(first))]


def _decline(slip: Slip, now: datetime, _delay: timedelta) -> list[Act]:
    return [_act(slip, len(slip.acts), Happening.FAILED, now=now)]


def _refund(slip: Slip, now: datetime, _delay: timedelta) -> list[Act]:
    return _give_back(slip, now, of=1)


def _refund_half(slip: Slip, now: datetime, _delay: timedelta) -> list[Act]:
    """Half of what is left."""
    return _give_back(slip, now, of=2)


def _give_back(slip: Slip, now: datetime, *, of: int) -> list[Act]:
    money = slip.receipts()[-1]
    before = back_so_far(slip, money.receipt_id)
    part = -(-(money.minor - before) // of)
    if part <= 0:
        return []
    total, place = before + part, len(slip.acts)
    return [_act(slip, place, Happening.REFUNDED, now=now, minor=total, money=money.receipt_id)]


def _bounce(slip: Slip, now: datetime, _delay: timedelta) -> list[Act]:
    """Have the bank return the last refund; the event carries the shop's name for it."""
    last = refund_to_return(slip)
    if last is None:
        return []
    return [
        Act(
            event_id=f"{last.event_id}{RETURNED}",
            happening=Happening.REFUND_RETURNED,
            receipt_id=last.receipt_id,
            minor=_parts(slip, last.receipt_id)[last.event_id],
            occurred_at=now,
            ripe_at=now,
        )
    ]


def _dispute(slip: Slip, now: datetime, _delay: timedelta) -> list[Act]:
    return _undo(slip, now, Happening.DISPUTED)


def _warn(slip: Slip, now: datetime, _delay: timedelta) -> list[Act]:
    return _undo(slip, now, Happening.WARNED)


def _win(slip: Slip, now: datetime, _delay: timedelta) -> list[Act]:
    return _undo(slip, now, Happening.DISPUTE_WON)


def _lose(slip: Slip, now: datetime, _delay: timedelta) -> list[Act]:
    return _undo(slip, now, Happening.DISPUTE_LOST)


CHOICES: Mapping[str, Choice] = {
    "pay": Choice(after_payment=False, make=_pay, card=FINE),
    "pay_declines": Choice(
        after_payment=False,
        make=_pay,
        card=DECLINES,
    ),
    "pay_asks": Choice(after_payment=False, make=_pay, card=ASKS),
    "late": Choice(after_payment=False, make=_pay_late),
    "under": Choice(after_payment=False, make=_underpay),
    "over": Choice(after_payment=False, make=_overpay),
    "twice": Choice(after_payment=False, make=_pay_twice),
    "decline": Choice(after_payment=False, make=_decline),
    "again": Choice(after_payment=True, make=_pay),
    "refund": Choice(after_payment=True, make=_refund),
    "refund_half": Choice(after_payment=True, make=_refund_half),
    "bounce": Choice(after_payment=True, make=_bounce, after_refund=True),
    "warn": Choice(after_payment=True, make=_warn),
    "dispute": Choice(after_payment=True, make=_dispute, word=Happening.DISPUTED),
    "win": Choice(after_payment=True, make=_win, in_dispute=True, word=Happening.DISPUTE_WON),
    "lose": Choice(after_payment=True, make=_lose, in_dispute=True, word=Happening.DISPUTE_LOST),
}


def may_choose(choice: Choice, slip: Slip) -> bool:
    """Whether the button is on the page now: pressing Pay twice does not pay twice."""
    said = banks_word(slip)
    if (choice.in_dispute and said is None) or (said is not None and choice.word is said):
        return False
    if choice.after_refund and refund_to_return(slip) is None:
        return False
    if choice.card not in {"", FINE} and not slip.saves:
        return False  # a card's later behaviour matters only if it is saved
    return choice.after_payment == bool(slip.receipts())


def banks_word(slip: Slip) -> Happening | None:
    """What a bank said last of a dispute; it may turn round any number of times."""
    words = [act.happening for act in slip.acts if act.happening in _BANKS_WORDS]
    return words[-1] if words else None


def refund_to_return(slip: Slip) -> Act | None:
    """The last refund, unless a bank already returned it."""
    refunds = _refunds(slip)
    if not refunds or any(
        one.event_id == f"{refunds[-1].event_id}{RETURNED}" for one in slip.acts
    ):
        return None
    return refunds[-1]


def _refunds(slip: Slip) -> list[Act]:
    return [one for one in slip.acts if one.happening is Happening.REFUNDED]


def carry_out_refund(
    slip: Slip, now: datetime, *, receipt_id: str, minor: int, name: str
) -> list[Act]:
    """Give back part of a receipt, reported as the total so far; one name is one refund.

    Nothing happens when less than this is left; then `refund_named` finds nothing.
    """
    money = next((act for act in slip.receipts() if act.receipt_id == receipt_id), None)
    before = back_so_far(slip, receipt_id)
    if money is None or refund_named(slip, name) or before + minor > money.minor:
        return []
    return [
        Act(
            event_id=_refund_id(slip, name),
            happening=Happening.REFUNDED,
            receipt_id=receipt_id,
            minor=before + minor,
            occurred_at=now,
            ripe_at=now,
        )
    ]


def refund_named(slip: Slip, name: str) -> bool:
    """Whether the shop's refund with this name was carried out."""
    return any(act.event_id == _refund_id(slip, name) for act in slip.acts)


def back_so_far(slip: Slip, receipt_id: str) -> int:
    """How much of a receipt went back, less what a bank returned of it."""
    return sum(_parts(slip, receipt_id).values())


def _parts(slip: Slip, receipt_id: str) -> dict[str, int]:
    """What each event moved: a refund tells the total so far."""
    parts: dict[str, int] = {}
    for act in slip.acts:
        if act.receipt_id != receipt_id:
            continue
        if act.happening is Happening.REFUNDED:
            parts[act.event_id] = act.minor - sum(parts.values())
        elif act.happening is Happening.REFUND_RETURNED:
            parts[act.event_id] = -act.minor
    return parts


def _refund_id(slip: Slip, name: str) -> str:
    return f"evt_{slip.reference}_{name}"


def _money(
    slip: Slip,
    now: datetime,
    delay: timedelta,
    *,
    minor: int,
    occurred_at: datetime | None = None,
    place: int = 0,
) -> list[Act]:
    """Make money arrive; with a delay it is seen first, as on a blockchain."""
    place += len(slip.acts)
    acts = [] if not delay else [_act(slip, place, Happening.SEEN, now=now, minor=minor)]
    received = _act(
        slip,
        place,
        Happening.RECEIVED,
        now=now + delay,
        minor=minor,
        occurred_at=occurred_at or now,
    )
    return [*acts, received]


def _undo(slip: Slip, now: datetime, happening: Happening) -> list[Act]:
    money = slip.receipts()[-1]
    same = [one for one in slip.acts if one.receipt_id == money.receipt_id]
    if happening in _BANKS_WORDS:
        # Only what a bank said last holds: it may come back to what it said before.
        same = [one for one in same if one.happening in _BANKS_WORDS][-1:]
    if any(one.happening is happening and one.minor == money.minor for one in same):
        return []
    act = _act(slip, len(slip.acts), happening, now=now, minor=money.minor, money=money.receipt_id)
    return [act]


def _act(
    slip: Slip,
    place: int,
    happening: Happening,
    *,
    now: datetime,
    minor: int = 0,
    money: str = "",
    occurred_at: datetime | None = None,
) -> Act:
    return Act(
        event_id=f"evt_{slip.reference}_{place}_{happening}",
        happening=happening,
        receipt_id=money or (f"money_{slip.reference}_{place}" if minor else ""),
        minor=minor,
        occurred_at=occurred_at or now,
        ripe_at=now,
    )
