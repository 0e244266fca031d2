"""What of a receipt may go back, and out of which pocket."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.money import Money
from shop.ledger.receiving import Verdict
from shop.refunds.rules import (
    AccessAfterRefund,
    LineMoney,
    RefundBalance,
    RefundPolicy,
    most_outside,
    most_to_wallet,
    portions,
    shares_of_lines,
    tax_part,
    time_to_revoke,
)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


PAID = RefundBalance(
    money=eur(800),
    verdict=Verdict.PAID,
    to_order=eur(800),
    to_wallet=eur(0),
    refunded=eur(0),
    disputed=eur(0),
    wallet_gained=eur(0),
    wallet=eur(0),
    order_paid=eur(800),
    order_back=eur(0),
    order_from_wallet=eur(0),
    tax=eur(0),
    own_back=eur(0),
    tax_back=eur(0),
)
OVER = replace(PAID, money=eur(1000), verdict=Verdict.OVER, to_wallet=eur(200), wallet=eur(200))
TWICE = replace(
    PAID, verdict=Verdict.DUPLICATE, to_order=eur(0), to_wallet=eur(800), wallet=eur(800)
)
SHORT = replace(PAID, verdict=Verdict.SHORT, money=eur(300), to_order=eur(0), to_wallet=eur(300))


@pytest.mark.parametrize(
    ("balance", "outside", "to_wallet"),
    [
        pytest.param(PAID, 800, 800, id="all of what was paid"),
        pytest.param(
            replace(PAID, refunded=eur(300), order_back=eur(300)), 500, 500, id="the rest"
        ),
        pytest.param(replace(PAID, refunded=eur(300)), 500, 800, id="some went back outside"),
        pytest.param(replace(PAID, refunded=eur(900)), 0, 800, id="more went back than came"),
        pytest.param(replace(PAID, disputed=eur(800)), 0, 800, id="a bank has it"),
        pytest.param(
            replace(PAID, order_back=eur(800), wallet_gained=eur(800), wallet=eur(800)),
            800,
            0,
            id="from the wallet it was put into",
        ),
        pytest.param(
            replace(PAID, order_back=eur(800), wallet_gained=eur(800), wallet=eur(100)),
            100,
            0,
            id="only what the wallet still has",
        ),
        pytest.param(OVER, 1000, 800, id="with what was too much"),
        pytest.param(replace(OVER, wallet=eur(0)), 800, 800, id="what was too much is spent"),
        pytest.param(TWICE, 800, 0, id="paid twice: it lies in the wallet"),
        pytest.param(replace(TWICE, wallet=eur(0)), 0, 0, id="paid twice, and spent"),
        pytest.param(
            replace(SHORT, wallet=eur(300), order_paid=eur(0)), 300, 0, id="too little, alone"
        ),
        pytest.param(
            replace(SHORT, order_from_wallet=eur(300)), 300, 800, id="too little, completed"
        ),
        pytest.param(
            replace(PAID, money=eur(500), order_from_wallet=eur(300)),
            500,
            800,
            id="a part came from the wallet, and goes back there",
        ),
        pytest.param(replace(PAID, verdict=Verdict.IN_REVIEW, to_order=eur(0)), 0, 0, id="held"),
    ],
)
def test_no_more_goes_back_than_is_left(
    balance: RefundBalance, outside: int, to_wallet: int
) -> None:
    assert most_outside(balance) == eur(outside)
    assert most_to_wallet(balance) == eur(to_wallet)


STARS = replace(SHORT, wallet=eur(300), order_paid=Money(450, "XTR"), order_back=Money.zero("XTR"))


@pytest.mark.parametrize(
    ("balance", "outside"),
    [
        pytest.param(replace(STARS, order_from_wallet=Money.zero("XTR")), 300, id="in the wallet"),
        pytest.param(
            replace(STARS, wallet=eur(0), order_from_wallet=Money.zero("XTR")), 0, id="spent"
        ),
        pytest.param(
            replace(STARS, order_from_wallet=Money(50, "XTR")), 300, id="completed by other money"
        ),
    ],
)
def test_of_an_order_paid_in_another_currency_only_what_the_wallet_has_goes_back(
    balance: RefundBalance, outside: int
) -> None:
    assert most_outside(balance) == eur(outside)
    assert most_to_wallet(balance) == eur(0)
    found = portions(balance, eur(300))
    assert (found.from_wallet, found.from_order) == (eur(outside), eur(0))


def test_the_wallet_gives_first_then_the_order() -> None:
    found = portions(OVER, eur(500))
    assert (found.from_wallet.minor, found.from_order.minor, found.loss.minor) == (200, 300, 0)


def test_what_neither_has_any_more_is_the_shops_loss() -> None:
    found = portions(replace(TWICE, wallet=eur(300)), eur(800))
    assert (found.from_wallet.minor, found.from_order.minor, found.loss.minor) == (300, 0, 500)


@pytest.mark.parametrize(
    ("access", "back", "paid", "taken"),
    [
        (AccessAfterRefund.KEEP, 800, 800, 0),
        (AccessAfterRefund.END, 1, 800, 600),
        (AccessAfterRefund.SHORTEN, 400, 800, 500),
        (AccessAfterRefund.SHORTEN, 800, 800, 600),
        (AccessAfterRefund.SHORTEN, 1, 0, 0),
    ],
)
def test_time_goes_with_its_money(
    access: AccessAfterRefund, back: int, paid: int, taken: int
) -> None:
    seconds = time_to_revoke(
        access, whole_seconds=1000, left_seconds=600, back=eur(back), paid=eur(paid)
    )
    assert seconds == taken


TAXED = replace(PAID, tax=eur(128))


@pytest.mark.parametrize(
    ("balance", "from_order", "tax"),
    [
        pytest.param(PAID, 800, 0, id="there was none"),
        pytest.param(TAXED, 800, 128, id="with all of it, all"),
        pytest.param(TAXED, 400, 64, id="with half of it, half"),
        pytest.param(TAXED, 1, 0, id="less than one is none yet"),
        pytest.param(replace(TAXED, own_back=eur(400), tax_back=eur(64)), 400, 64, id="the rest"),
        pytest.param(
            replace(TAXED, money=eur(500), tax=eur(80), order_from_wallet=eur(300)),
            800,
            80,
            id="what the wallet gave was not taxed with it",
        ),
        pytest.param(replace(TAXED, to_order=eur(0)), 800, 0, id="nothing was sold with it"),
        pytest.param(replace(TAXED, order_paid=eur(0)), 0, 0, id="nothing was paid"),
        pytest.param(replace(PAID, money=eur(0)), 1, 0, id="the wallet alone paid"),
    ],
)
def test_tax_goes_with_its_money(balance: RefundBalance, from_order: int, tax: int) -> None:
    assert tax_part(balance, eur(from_order)) == eur(tax)


@given(
    paid=st.integers(1, 10**9),
    share=st.fractions(0, 1),
    cuts=st.lists(st.fractions(0, 1), max_size=6),
)
def test_however_it_is_parted_just_the_tax_goes_back(
    paid: int, share: Fraction, cuts: list[Fraction]
) -> None:
    tax = int(paid * share)
    bounds = sorted({0, paid, *(int(paid * cut) for cut in cuts)})
    back = 0
    for start, end in pairwise(bounds):
        balance = replace(
            TAXED,
            money=eur(paid),
            to_order=eur(paid),
            order_paid=eur(paid),
            tax=eur(tax),
            own_back=eur(start),
            tax_back=eur(back),
        )
        part = tax_part(balance, eur(end - start)).minor
        assert 0 <= part <= end - start
        back += part
    assert back == tax


def line(number: int, minor: int, tax: int = 0) -> LineMoney:
    return LineMoney(line_id=number, money=eur(minor), tax=eur(tax))


@pytest.mark.parametrize(
    ("left", "back", "tax", "shares"),
    [
        pytest.param([line(1, 800)], 300, 0, [line(1, 300)], id="one line gives all of it"),
        pytest.param(
            [line(1, 200), line(2, 100)], 100, 0, [line(1, 67), line(2, 33)], id="by what is left"
        ),
        pytest.param(
            [line(1, 0), line(2, 100)], 40, 0, [line(2, 40)], id="nothing of what has gone back"
        ),
        pytest.param(
            [line(1, 100, 10), line(2, 100, 10)],
            1,
            1,
            [line(1, 1, 1)],
            id="tax goes with the money of its line",
        ),
        pytest.param(
            [line(1, 0, 1), line(2, 10, 1)],
            10,
            2,
            [line(1, 0, 1), line(2, 10, 1)],
            id="a cent of tax that is left goes with the last",
        ),
    ],
)
def test_what_goes_back_is_shared_among_lines(
    left: list[LineMoney], back: int, tax: int, shares: list[LineMoney]
) -> None:
    assert list(shares_of_lines(left, back=eur(back), tax=eur(tax))) == shares


@given(
    lines=st.lists(st.integers(1, 10_000), min_size=1, max_size=5),
    percent=st.integers(0, 30),
    parts=st.lists(st.integers(1, 9_000), max_size=6),
)
def test_parts_of_lines_add_up_and_end_at_nothing(
    lines: list[int], percent: int, parts: list[int]
) -> None:
    left = {
        number: line(number, minor, minor * percent // 100) for number, minor in enumerate(lines)
    }
    whole, whole_tax = sum(lines), sum(one.tax.minor for one in left.values())
    gone = gone_tax = 0
    for part in (*parts, whole):
        back = min(part, whole - gone)
        if not back:
            break
        tax = whole_tax * (gone + back) // whole - gone_tax
        shares = shares_of_lines(list(left.values()), back=eur(back), tax=eur(tax))
        assert sum(one.money.minor for one in shares) == back
        assert sum(one.tax.minor for one in shares) == tax
        for one in shares:
            was = left[one.line_id]
            left[one.line_id] = line(
                one.line_id, was.money.minor - one.money.minor, was.tax.minor - one.tax.minor
            )
            assert min(left[one.line_id].money.minor, left[one.line_id].tax.minor) >= 0
        gone, gone_tax = gone + back, gone_tax + tax
    assert all(one.money.is_zero and one.tax.is_zero for one in left.values())


def test_where_the_owner_chose_nothing_access_ends_with_the_whole_and_stays_with_a_part() -> None:
    assert RefundPolicy() == RefundPolicy(
        whole=AccessAfterRefund.END,
        part=AccessAfterRefund.KEEP,
        hold_disputes=True,
        hold_warnings=True,
    )
    assert [str(access) for access in AccessAfterRefund] == ["end", "shorten", "keep"]


@pytest.mark.parametrize(
    ("left", "back", "tax", "shares"),
    [
        pytest.param([(800, 128)], 400, 64, [(1, 400, 64)], id="one line"),
        pytest.param(
            [(600, 96), (200, 32)], 400, 64, [(1, 300, 48), (2, 100, 16)], id="by what is left"
        ),
        pytest.param([(100, 10), (0, 10)], 100, 10, [(1, 100, 10)], id="tax goes with its money"),
        pytest.param([(100, 10), (100, 0)], 200, 10, [(1, 100, 10), (2, 100, 0)], id="untaxed"),
        pytest.param(
            [(100, 9), (0, 1)], 100, 10, [(1, 100, 9), (2, 0, 1)], id="a cent that is left alone"
        ),
        pytest.param([(100, 10), (200, 20)], 30, 0, [(1, 10, 0), (2, 20, 0)], id="no tax in it"),
        pytest.param([(100, 10), (0, 0)], 50, 5, [(1, 50, 5)], id="nothing of it is left"),
    ],
)
def test_what_goes_back_is_shared_among_the_lines_that_have_something_left(
    left: list[tuple[int, int]], back: int, tax: int, shares: list[tuple[int, int, int]]
) -> None:
    lines = [
        LineMoney(line_id=number, money=eur(money), tax=eur(taxed))
        for number, (money, taxed) in enumerate(left, 1)
    ]
    found = shares_of_lines(lines, back=eur(back), tax=eur(tax))
    assert [(one.line_id, one.money.minor, one.tax.minor) for one in found] == shares
