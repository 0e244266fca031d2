"""Every notice, in every language, with the longest names an owner may choose."""

from datetime import UTC, datetime, timedelta

import locales
from handlers.notices import WORDS
from handlers.screens import Screen
from handlers.staff.refunds.disputes import dispute_told
from handlers.visit import Visit
from shop.access.notices import (
    ConnectorFailed,
    Credentials,
    DeliveryLate,
    Ended,
    Frozen,
    Grace,
    LowStock,
    Reminder,
    Suspended,
    Unfrozen,
)
from shop.checkout.notices import Given
from shop.core.facts import read_facts, write_facts
from shop.core.intervals import Interval, Unit
from shop.core.money import Money
from shop.intake.notices import ProofSent
from shop.messaging.notices import CustomerNotice, Notice, StaffNotice
from shop.orders.notices import PageRefused, ProviderBack, ProviderDown
from shop.ports import Verb
from shop.refunds.notices import DisputeOpened
from shop.screening.notices import TurnedAway
from shop.screening.rules import (
    BlockedBy,
    Check,
    Finding,
    Listed,
    Ruling,
    TooMany,
    TooMuch,
    TwoCountries,
)
from tests.fixtures.chat import House
from tests.handlers.money_notices import money_notices
from tests.handlers.test_screens import LONG, faults, long_house, visited

__all__ = ["long_house"]
THEN = datetime(2027, 1, 15, 8, tzinfo=UTC)
YEAR = Interval(count=12, unit=Unit.MONTH)
NAME = "<&>" * 60
MANY = TooMany(many=4, most=3)
FINDINGS = (
    *(
        Finding(check=check, ruling=Ruling.HOLD, why=MANY)
        for check in (Check.TRIES, Check.PAYERS, Check.SHARED_PAYER, Check.TRIALS)
    ),
    Finding(
        check=Check.FIRST_ORDER,
        ruling=Ruling.HOLD,
        why=TooMuch(money=Money(9, "EUR"), limit=Money(8, "EUR")),
    ),
    Finding(check=Check.COUNTRY, ruling=Ruling.HOLD, why=TwoCountries(card="US", home="DE")),
    Finding(check=Check.BLOCKED, ruling=Ruling.REFUSE, why=Listed(by=(BlockedBy.PAYER,))),
    Finding(check=Check.REFUSED, ruling=Ruling.HOLD),
)
NOTICES: list[Notice] = [
    DeliveryLate(plan=LONG),
    *(Reminder(subscription=1, days=days, paid_until=THEN) for days in (7, 1, 0, -1)),
    Grace(subscription=1),
    Suspended(subscription=1),
    Ended(plan=LONG),
    Frozen(plan=LONG),
    Unfrozen(plan=LONG),
    *(
        Given(plan=LONG, interval=YEAR, until=THEN, is_trial=is_trial)
        for is_trial in (True, False)
    ),
    *(LowStock(plan=LONG, left=left) for left in (0, 1, 3)),
    ConnectorFailed(
        effect=1, customer=1, name=NAME, plan=LONG, verb=Verb.CREATE, reason="<reason>"
    ),
    ProviderDown(provider="coinbase_commerce", error="<error>"),
    PageRefused(provider="coinbase_commerce", money=Money(4, "EUR"), reason="<no>."),
    ProviderBack(provider="coinbase_commerce", since=THEN - timedelta(days=1)),
    TurnedAway(customer=1, name=NAME, findings=FINDINGS),
    *money_notices(LONG),
]
# See tests/handlers/test_purchase.py and tests/stories/test_transfer.py.
SENT_ITSELF = {Credentials.kind, ProofSent.kind}


def test_every_class_of_notices_has_words_and_stands_here() -> None:
    declared = {one for base in (CustomerNotice, StaffNotice) for one in base.__subclasses__()}
    assert {one.kind for one in declared} == set(WORDS)
    assert {one.kind for one in NOTICES} | SENT_ITSELF == set(WORDS)


def test_a_notice_is_read_as_it_was_written() -> None:
    for notice in NOTICES:
        assert read_facts(type(notice), write_facts(notice)) == notice


async def said(visit: Visit, notice: Notice) -> Screen | None:
    """Its words; of what is sent as a file those below it."""
    if isinstance(notice, DisputeOpened):
        return await dispute_told(visit, notice)
    return await WORDS[notice.kind][1](visit, notice)


async def test_every_notice_is_sound_in_every_language(long_house: House) -> None:
    wrong: dict[str, list[str]] = {}
    for language in locales.languages():
        for notice in NOTICES:
            visit = await visited(long_house, 1001, language)
            screen = await said(visit, notice)
            if screen is not None and (found := faults(screen)):
                wrong[f"{language} {notice}"] = found
    assert wrong == {}
