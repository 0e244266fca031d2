"""Two of the staff, one transfer: whoever taps how often, the money is counted once."""

import asyncio
from itertools import count

import pytest

from shop.core.errors import DoneAlreadyError
from shop.core.money import Money
from shop.intake import transfer_proofs
from shop.intake.proof_records import File, Proofs
from shop.intake.transfer_proofs import Taken, approve, refuse, take_proof
from shop.intake.transfers import FileKind
from shop.settlement.settle import Outcome
from tests.fixtures.meeting import UNGUARDED, leave_unclaimed, meet_after
from tests.fixtures.shop import Shop
from tests.fixtures.tables import Tables


def file(name: str = "u1") -> File:
    return File(kind=FileKind.PHOTO, file_id=f"f_{name}", unique_id=name, digest=f"d_{name}")


async def proof_of(shop: Shop, telegram_id: int = 1001, name: str = "u1") -> int:
    """A transfer begun, and its picture sent; the proof's number."""
    anna = await shop.greet(telegram_id)
    await shop.ask(anna, provider="transfer")
    assert await send(shop, anna.id, name) is Taken.NOTED
    waiting = await shop.storage.read(lambda books: books[Proofs].waiting(most=99))
    return waiting[-1].id


async def send(shop: Shop, customer_id: int, name: str) -> Taken:
    return await shop.run(take_proof, customer_id, file(name), policy=shop.policy, now=shop.now)


async def yes(shop: Shop, proof: int, *, staff: int = 9001, money: Money | None = None) -> Outcome:
    return await shop.run(
        approve, staff, proof_id=proof, money=money, policy=shop.policy, now=shop.now
    )


async def test_without_any_guard_two_staff_credit_it_twice(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, tables = postgres_shop
    proof = await proof_of(shop)
    numbers = count()
    monkeypatch.setattr(
        transfer_proofs, "_receipt_id", lambda payment, _: f"{payment.id}.{next(numbers)}"
    )
    monkeypatch.setattr(Proofs, "decide", lambda *_, **__: True)

    await asyncio.gather(yes(shop, proof), yes(shop, proof, staff=9002))

    assert tables.one("SELECT COUNT(*) FROM receipts") == 2


async def test_with_the_receipts_identity_alone_it_is_counted_once(
    postgres_shop: tuple[Shop, Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, tables = postgres_shop
    proof = await proof_of(shop)
    leave_unclaimed(monkeypatch)
    monkeypatch.setattr(Proofs, "decide", lambda *_, **__: True)
    meet_after(monkeypatch, Proofs, "payment", seconds=UNGUARDED)

    outcomes = await asyncio.gather(yes(shop, proof), yes(shop, proof, staff=9002))

    assert sorted(outcomes) == [Outcome.KNOWN, Outcome.SETTLED]
    assert tables.one("SELECT COUNT(*) FROM receipts") == 1


async def test_ten_taps_of_two_staff_settle_once(shop: Shop, tables: Tables) -> None:
    proof = await proof_of(shop)

    outcomes = await asyncio.gather(
        *(yes(shop, proof, staff=9001 + n % 2) for n in range(10)), return_exceptions=True
    )

    assert outcomes.count(Outcome.SETTLED) == 1
    assert sum(isinstance(one, DoneAlreadyError) for one in outcomes) == 9
    assert tables.one("SELECT COUNT(*) FROM receipts") == 1
    assert tables.one("SELECT COUNT(*) FROM audit") == 1


async def test_approved_by_one_and_refused_by_the_other_is_decided_once(
    shop: Shop, tables: Tables
) -> None:
    proof = await proof_of(shop)
    no = shop.run(refuse, 9002, proof_id=proof, reason="used", now=shop.now)

    outcomes = await asyncio.gather(yes(shop, proof), no, return_exceptions=True)

    assert sum(isinstance(one, DoneAlreadyError) for one in outcomes) == 1
    is_approved = tables.one("SELECT state FROM proofs") == "approved"
    assert tables.one("SELECT COUNT(*) FROM receipts") == int(is_approved)


async def test_two_pictures_of_one_transfer_are_one_payment(shop: Shop, tables: Tables) -> None:
    first = await proof_of(shop)
    anna = await shop.greet()
    assert await send(shop, anna.id, "u2") is Taken.NOTED
    await yes(shop, first)
    with pytest.raises(DoneAlreadyError):
        await yes(shop, first + 1)
    assert tables.one("SELECT COUNT(*) FROM receipts") == 1
    assert await send(shop, anna.id, "u3") is Taken.PAID


async def test_money_that_differs_follows_the_usual_rules(shop: Shop, tables: Tables) -> None:
    assert await yes(shop, await proof_of(shop), money=Money(1, "EUR")) is Outcome.TO_WALLET
    other = await proof_of(shop, 1002, "u9")
    assert await yes(shop, other, money=Money(10_000, "EUR")) is Outcome.SETTLED
    verdicts = tables.rows("SELECT verdict FROM receipts ORDER BY id")
    assert verdicts == [("short",), ("over",)]


async def test_a_sixth_picture_waits_for_the_first_five(shop: Shop, tables: Tables) -> None:
    await proof_of(shop)
    anna = await shop.greet()
    taken = [await send(shop, anna.id, f"more{n}") for n in range(5)]
    assert taken == [Taken.NOTED] * 4 + [Taken.MANY]
    assert await send(shop, anna.id, "u1") is Taken.AGAIN
    assert tables.one("SELECT COUNT(*) FROM proofs") == 5
