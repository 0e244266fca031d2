"""Which of a bank's words moves a case: it may turn round, and its words come in any order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shop.core.moves import may_move
from shop.ports import Happening
from shop.refunds.states import DISPUTE_MOVES, DisputeState

_STATES: Mapping[Happening, DisputeState] = {
    Happening.DISPUTE_WON: DisputeState.WON,
    Happening.DISPUTE_LOST: DisputeState.LOST,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a bank says of a case; `said_at` by its own clock, None where it does not tell.

    `takes_first`: this is the first time that it says to have taken money.
    """

    state: DisputeState
    said_at: datetime | None
    takes_first: bool = False


def state_told(happening: Happening) -> DisputeState:
    """The state that a dispute, or a warning, is in by this word."""
    return _STATES.get(happening, DisputeState.OPEN)


def is_stale(word: Word, *, heard_at: datetime | None) -> bool:
    """Whether it was said before what we know, and came after it."""
    return word.said_at is not None and heard_at is not None and word.said_at < heard_at


def turns(word: Word, *, known: DisputeState, heard_at: datetime | None) -> bool:
    """Whether the case is in another state by this word.

    A decision stands until a later one. Whether a case that was decided begins anew only its
    time can tell from the news of its beginning that is late or doubled, or the money it takes.
    """
    if is_stale(word, heard_at=heard_at) or not may_move(DISPUTE_MOVES, known, word.state):
        return False
    if word.state is not DisputeState.OPEN or word.takes_first:
        return True
    return word.said_at is not None and heard_at is not None and word.said_at > heard_at
