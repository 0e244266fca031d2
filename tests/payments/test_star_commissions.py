"""An affiliate's part of a payment in Stars, whichever of both sums Telegram lists."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from payments.star_commissions import gross_and_commission
from payments.stars import Stars
from shop.core.errors import BadInputError
from shop.core.money import Money
from shop.ports import Happening
from tests.fixtures.rigs import NOW, StarsRig, hear, request_of, rig_of

NANO = 10**9


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[StarsRig]:
    async with rig_of("stars", tmp_path) as made:
        yield made


def listed(amount: int, nanos: int = 0) -> dict[str, Any]:
    return {"amount": amount, "nanostar_amount": nanos}


def partner(amount: int, share: int, nanos: int = 0) -> dict[str, Any]:
    return {
        "type": "user",
        "affiliate": {
            "affiliate_user": {"id": 7},
            "commission_per_mille": share,
            "amount": amount,
            "nanostar_amount": nanos,
        },
    }


@pytest.mark.parametrize(
    ("row", "source", "gross", "commission"),
    [
        pytest.param(listed(450), partner(90, 200), 450, 90, id="gross"),
        pytest.param(listed(360), partner(90, 200), 450, 90, id="net"),
        pytest.param(listed(449), partner(89, 200, 800_000_000), 449, 90, id="gross, a fraction"),
        pytest.param(
            listed(359, 200_000_000),
            partner(89, 200, 800_000_000),
            449,
            90,
            id="net, a fraction",
        ),
        pytest.param(listed(100), partner(50, 500), 100, 50, id="half, gross"),
        pytest.param(listed(50), partner(50, 500), 100, 50, id="half, net"),
        pytest.param(listed(10), partner(9, 900), 10, 9, id="most of it, gross"),
        pytest.param(listed(1), partner(9, 900), 10, 9, id="most of it, net"),
        pytest.param(listed(450), partner(-90, 200), 450, 90, id="a refund, gross"),
        pytest.param(listed(360), partner(-90, 200), 450, 90, id="a refund, net"),
        pytest.param(listed(450), partner(0, 1, 450_000_000), 450, 0, id="less than half a Star"),
        pytest.param(listed(450), partner(0, 200), 450, 0, id="nothing"),
        pytest.param(listed(450), partner(90, 0), 450, 0, id="no share is named"),
        pytest.param(listed(450), {"type": "user"}, 450, 0, id="no affiliate"),
    ],
)
def test_the_payer_gave_what_the_share_says(
    row: dict[str, Any], source: dict[str, Any], gross: int, commission: int
) -> None:
    assert gross_and_commission(row, source) == (gross, commission)


@pytest.mark.parametrize("amount", ["90", 90.0, True, None, 2**63, [90]])
def test_what_is_no_amount_is_not_guessed(amount: object) -> None:
    source = partner(90, 200)
    source["affiliate"]["amount"] = amount
    with pytest.raises(BadInputError):
        gross_and_commission(listed(450), source)


@pytest.mark.parametrize("is_net", [False, True], ids=["gross", "net"])
async def test_the_list_tells_the_same_money_as_the_update(rig: StarsRig, *, is_net: bool) -> None:
    assert isinstance(rig.provider, Stars)
    await rig.provider.create(request_of(rig, amount=Money(450, "XTR")))
    [told] = hear(rig, rig.server.pay("pay_1"))
    [row] = rig.server.transactions
    row["source"] |= {"affiliate": partner(90, 200)["affiliate"]}
    row["amount"] = 360 if is_net else 450

    [asked] = await rig.provider.look_up("pay_1", "pay_1")
    [found] = await rig.provider.moneys_since(NOW)
    for event in (asked, found):
        assert (event.receipt_id, event.money) == (told.receipt_id, Money(450, "XTR"))
        assert event.commission == Money(90, "XTR")
    assert told.commission is None


async def test_a_refund_tells_what_came_back_from_the_affiliate(rig: StarsRig) -> None:
    assert isinstance(rig.provider, Stars)
    await rig.provider.create(request_of(rig, amount=Money(450, "XTR")))
    rig.server.pay("pay_1")
    rig.server.refund("pay_1")
    back = rig.server.transactions[-1]
    back["receiver"] |= {"affiliate": partner(-90, 200)["affiliate"]}
    for events in (
        await rig.provider.look_up("pay_1", "pay_1"),
        await rig.provider.moneys_since(NOW),
    ):
        assert events[-1].happening is Happening.REFUNDED
        assert (events[-1].money, events[-1].commission) == (Money(450, "XTR"), Money(90, "XTR"))


async def test_what_this_bot_earns_by_another_ones_programme_is_no_payment(rig: StarsRig) -> None:
    assert isinstance(rig.provider, Stars)
    source = {"type": "affiliate_program", "commission_per_mille": 200}
    row = {"id": "x", "amount": 90, "date": int(NOW.timestamp()), "source": source}
    rig.server.transactions.append(row)
    assert await rig.provider.moneys_since(NOW) == []
