from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shop.core.money import Money
from shop.ledger.receiving import Due, Judgement, ReceiptPolicy, Tolerance, Verdict, judge

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def due(minor: int = 1000, *, before: int = 0, is_open: bool = True, is_paid: bool = False) -> Due:
    return Due(
        amount=Money(minor, "EUR"),
        expires_at=NOON,
        is_order_open=is_open,
        is_order_paid=is_paid,
        received_before=Money(before, "EUR"),
    )


POLICY = ReceiptPolicy(late_days=3)
LENIENT = ReceiptPolicy(tolerance={"EUR": Tolerance(minor=5)}, late_days=3)
IN_PERCENT = ReceiptPolicy(tolerance={"EUR": Tolerance(points=50), "USD": Tolerance(minor=99)})
CAPPED = ReceiptPolicy(tolerance={"EUR": Tolerance(minor=2, points=50)})
ELSEWHERE = ReceiptPolicy(tolerance={"USD": Tolerance(minor=500, points=2000)})
STRICT = ReceiptPolicy(late_days=0)
EXPIRED = due(is_open=False)


def says(verdict: Verdict, to_order: int, to_wallet: int, from_wallet: int = 0) -> Judgement:
    return Judgement(
        verdict=verdict,
        to_order=Money(to_order, "EUR"),
        to_wallet=Money(to_wallet, "EUR"),
        from_wallet=Money(from_wallet, "EUR"),
        fulfils=to_order > 0,
    )


PAID, OVER, SHORT, LATE = Verdict.PAID, Verdict.OVER, Verdict.SHORT, Verdict.LATE
NEAR = Verdict.TOLERATED
TWICE = due(is_paid=True, is_open=False)
# what is owed, what came, when, the policy -> verdict, to the order, to and from the wallet
CASES = {
    "exact": (due(), 1000, NOON, POLICY, says(PAID, 1000, 0)),
    "over": (due(), 1001, NOON, POLICY, says(OVER, 1000, 1)),
    "short": (due(), 999, NOON, POLICY, says(SHORT, 0, 999)),
    "nothing": (due(), 0, NOON, POLICY, says(SHORT, 0, 0)),
    "short, tolerated": (due(), 995, NOON, LENIENT, says(NEAR, 995, 0)),
    "short within its share": (due(), 995, NOON, IN_PERCENT, says(NEAR, 995, 0)),
    "short beyond its share": (due(), 994, NOON, IN_PERCENT, says(SHORT, 0, 994)),
    "a share is rounded down": (due(199), 198, NOON, IN_PERCENT, says(SHORT, 0, 198)),
    "short, and the smaller limit holds": (due(), 997, NOON, CAPPED, says(SHORT, 0, 997)),
    "short within the smaller limit": (due(), 998, NOON, CAPPED, says(NEAR, 998, 0)),
    "tolerated in another currency": (due(), 999, NOON, ELSEWHERE, says(SHORT, 0, 999)),
    "late and tolerated": (EXPIRED, 996, NOON + DAY, LENIENT, says(NEAR, 996, 0)),
    "the rest, nearly": (due(before=400), 597, NOON, LENIENT, says(NEAR, 997, 0, 400)),
    "short by one too many": (due(), 994, NOON, LENIENT, says(SHORT, 0, 994)),
    "the rest": (due(before=400), 600, NOON, POLICY, says(PAID, 1000, 0, 400)),
    "the rest and more": (due(before=400), 700, NOON, POLICY, says(PAID, 1000, 0, 300)),
    "still short": (due(before=400), 500, NOON, POLICY, says(SHORT, 0, 500)),
    "the whole after a part": (due(before=400), 1000, NOON, POLICY, says(PAID, 1000, 0)),
    "more after a part": (due(before=400), 1200, NOON, POLICY, says(OVER, 1000, 200)),
    "twice": (TWICE, 1000, NOON, POLICY, says(Verdict.DUPLICATE, 0, 1000)),
    "twice, late": (TWICE, 1000, NOON + 9 * DAY, POLICY, says(Verdict.DUPLICATE, 0, 1000)),
    "in the last second": (due(), 1000, NOON, STRICT, says(PAID, 1000, 0)),
    "late, not closed yet": (due(), 1000, NOON + SECOND, POLICY, says(LATE, 1000, 0)),
    "late": (EXPIRED, 1000, NOON + 3 * DAY - SECOND, POLICY, says(LATE, 1000, 0)),
    "late and over": (EXPIRED, 1200, NOON + DAY, POLICY, says(LATE, 1000, 200)),
    "late and short": (EXPIRED, 900, NOON + DAY, POLICY, says(SHORT, 0, 900)),
    "too late": (EXPIRED, 1000, NOON + 3 * DAY, POLICY, says(LATE, 0, 1000)),
    "late is never honoured": (EXPIRED, 1000, NOON + SECOND, STRICT, says(LATE, 0, 1000)),
}


@pytest.mark.parametrize(
    ("owed", "received", "at", "policy", "expected"), CASES.values(), ids=CASES.keys()
)
def test_every_case_of_money_that_arrives(
    owed: Due, received: int, at: datetime, policy: ReceiptPolicy, expected: Judgement
) -> None:
    assert judge(owed, Money(received, "EUR"), at=at, policy=policy) == expected


def test_another_currency_goes_to_the_wallet_whatever_else_is_true() -> None:
    for owed in (due(), due(is_paid=True), EXPIRED):
        found = judge(owed, Money(1000, "USD"), at=NOON, policy=POLICY)
        assert (found.verdict, found.fulfils) == (Verdict.WRONG_CURRENCY, False)
        assert found.to_wallet == Money(1000, "USD")
        assert found.to_order.is_zero


def test_the_books_hold_these_words_for_what_a_receipt_did() -> None:
    assert [str(verdict) for verdict in Verdict] == [
        "paid",
        "tolerated",
        "short",
        "over",
        "late",
        "duplicate",
        "wrong_currency",
        "unknown_order",
        "in_review",
        "refused",
        "assigned",
    ]


def test_where_the_owner_chose_nothing_three_days_are_honoured_and_nothing_may_be_missing() -> (
    None
):
    assert ReceiptPolicy() == ReceiptPolicy(tolerance={}, late_days=3)
    assert ReceiptPolicy().may_miss(Money(1000, "EUR")) == 0
    assert Tolerance().of(1000) == 0


money = st.integers(0, 5000)
tolerances = st.builds(
    Tolerance, minor=st.none() | st.integers(0, 100), points=st.none() | st.integers(0, 2000)
)
policies = st.builds(
    ReceiptPolicy,
    tolerance=st.dictionaries(st.just("EUR"), tolerances),
    late_days=st.integers(0, 10),
)


@given(
    minor=st.integers(1, 5000),
    before=money,
    received=money,
    is_open=st.booleans(),
    is_paid=st.booleans(),
    policy=policies,
    seconds=st.integers(-(10**6), 10**6),
)
def test_no_money_is_made_or_lost(
    *,
    minor: int,
    before: int,
    received: int,
    is_open: bool,
    is_paid: bool,
    policy: ReceiptPolicy,
    seconds: int,
) -> None:
    assume(before < minor)
    owed = due(minor, before=before, is_open=is_open and not is_paid, is_paid=is_paid)
    found = judge(
        owed, Money(received, "EUR"), at=NOON + timedelta(seconds=seconds), policy=policy
    )
    to_order, to_wallet = found.to_order.minor, found.to_wallet.minor
    from_wallet = found.from_wallet.minor
    assert to_order + to_wallet - from_wallet == received
    assert min(to_order, to_wallet, from_wallet) >= 0
    assert from_wallet <= before
    assert to_order <= minor
    assert found.fulfils == (to_order > 0) or (
        to_order == 0 and minor <= policy.may_miss(owed.amount)
    )
    if found.fulfils:
        assert minor - to_order <= policy.may_miss(owed.amount)
        assert not is_paid
