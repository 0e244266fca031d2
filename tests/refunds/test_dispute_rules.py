"""Which word of a bank moves a case: each state by each word, told before, at once or after."""

from datetime import UTC, datetime, timedelta

import pytest

from shop.ports import Happening
from shop.refunds.dispute_rules import Word, is_stale, state_told, turns
from shop.refunds.states import DisputeState

HEARD = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEFORE, AFTER = HEARD - timedelta(seconds=1), HEARD + timedelta(seconds=1)
OPEN, WON, LOST = DisputeState.OPEN, DisputeState.WON, DisputeState.LOST
TIMES = {"before": BEFORE, "at once": HEARD, "after": AFTER, "no time": None}

# known, word: what is told before | at the same second | after | without its time
TABLE = {
    (OPEN, OPEN): "....",
    (OPEN, WON): ".TTT",
    (OPEN, LOST): ".TTT",
    (WON, OPEN): "..T.",
    (WON, WON): "....",
    (WON, LOST): ".TTT",
    (LOST, OPEN): "....",
    (LOST, WON): ".TTT",
    (LOST, LOST): "....",
}


@pytest.mark.parametrize(("known", "word"), TABLE)
def test_a_case_turns_by_what_was_said_last(known: DisputeState, word: DisputeState) -> None:
    found = "".join(
        "T" if turns(Word(state=word, said_at=at), known=known, heard_at=HEARD) else "."
        for at in TIMES.values()
    )
    assert found == TABLE[known, word]


@pytest.mark.parametrize("said_at", [HEARD, AFTER, None])
def test_a_bank_that_takes_money_for_the_first_time_begins_anew_whatever_its_clock_says(
    said_at: datetime | None,
) -> None:
    word = Word(state=OPEN, said_at=said_at, takes_first=True)
    assert turns(word, known=WON, heard_at=HEARD)
    assert not turns(word, known=LOST, heard_at=HEARD), "it has it already"
    old = Word(state=OPEN, said_at=BEFORE, takes_first=True)
    assert not turns(old, known=WON, heard_at=HEARD), "it let go of it since"


def test_where_nothing_is_known_of_the_time_a_decision_counts_and_a_beginning_does_not() -> None:
    for at in TIMES.values():
        assert turns(Word(state=LOST, said_at=at), known=WON, heard_at=None)
        assert not turns(Word(state=OPEN, said_at=at), known=WON, heard_at=None)
        assert not is_stale(Word(state=LOST, said_at=at), heard_at=None)


def test_only_what_was_said_before_is_stale() -> None:
    stale = [is_stale(Word(state=WON, said_at=at), heard_at=HEARD) for at in TIMES.values()]
    assert stale == [True, False, False, False]


@pytest.mark.parametrize(
    ("happening", "state"),
    [
        (Happening.DISPUTED, OPEN),
        (Happening.WARNED, OPEN),
        (Happening.DISPUTE_WON, WON),
        (Happening.DISPUTE_LOST, LOST),
    ],
)
def test_what_each_word_says(happening: Happening, state: DisputeState) -> None:
    assert state_told(happening) is state
