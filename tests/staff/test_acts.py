"""An act of staff: once a tap, and in the audit with its facts."""

from dataclasses import dataclass

import pytest

from shop.books.books import Books
from shop.books.opening import Storage
from shop.core.errors import DoneAlreadyError
from shop.core.money import Money
from shop.staff.acts import ByStaff, StaffAct
from shop.staff.audit_records import Act, AuditLog
from tests.fixtures.books import NOW, put_plan, subscribe


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveAtCustomer(StaffAct):
    """Made up for these tests."""

    money: Money


def wave(books: Books, *, tap: str = "", about: int = 1, staff_id: int = 7) -> None:
    by = ByStaff(books=books, staff_id=staff_id, now=NOW, tap=tap)
    by.refuse_second(WaveAtCustomer, about)
    by.note(WaveAtCustomer(money=Money(799, "EUR")), customer_id=1)


async def test_an_act_stands_in_the_audit_under_its_classs_name(storage: Storage) -> None:
    await storage.run(put_plan)
    await storage.run(subscribe, 1)
    await storage.run(wave)
    assert await storage.read(lambda books: books[AuditLog].latest_acts(most=9)) == [
        Act(
            staff_id=7,
            act="wave_at_customer",
            customer_id=1,
            facts={"money": {"minor": 799, "currency": "EUR"}},
            acted_at=NOW,
        )
    ]


async def test_a_second_tap_is_refused_and_leaves_no_row(storage: Storage) -> None:
    await storage.run(put_plan)
    await storage.run(subscribe, 1)
    await storage.run(wave, tap="1700000000")
    with pytest.raises(DoneAlreadyError):
        await storage.run(wave, tap="1700000000")
    assert len(await storage.read(lambda books: books[AuditLog].latest_acts(most=9))) == 1


async def test_another_tap_another_one_or_a_command_is_no_second(storage: Storage) -> None:
    await storage.run(put_plan)
    await storage.run(subscribe, 1)
    for how in (
        {"tap": "1700000000"},
        {"tap": "1700000001"},
        {"tap": "1700000001", "about": 2},
        {"tap": "1700000001", "staff_id": 8},
        {},
        {},
    ):
        await storage.run(wave, **how)
    assert len(await storage.read(lambda books: books[AuditLog].latest_acts(most=9))) == 6
