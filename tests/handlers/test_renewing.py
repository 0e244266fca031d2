"""The screens and notices of renewals, in every language and in every state they know."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import locales
from handlers.customer.routes import SCREENS
from handlers.notices import WORDS
from handlers.screens import Args
from handlers.visit import visit_to
from handlers.wording import speak
from shop.access.subscription_records import Subscriptions
from shop.books.books import Books
from shop.core.intervals import Interval
from shop.core.money import Money
from shop.orders.payment_records import Payments
from shop.renewals.notices import NotRenewing, RenewalStopped
from shop.renewals.records import GIVEN_UP, Renewals
from shop.renewals.star_records import StarState, StarSubscriptions
from tests.fixtures.chat import House, open_house
from tests.handlers.money_notices import renewal_notices
from tests.handlers.test_screens import faults

ANNA = 1001
DAY = timedelta(days=1)
OFF = (RenewalStopped, NotRenewing)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        anna = house.preview.chat(ANNA)
        await anna.send("/start plan_solo")
        await anna.wait_for("Solo")
        await anna.press("1 month · €7.99")
        await anna.press("Card (sandbox) · €7.99")
        await anna.wait_for("The price is kept")
        await house.arrive(Money(799, "EUR"))
        await house.storage.run(keep_a_card, now=house.clock.now())
        yield house


def keep_a_card(books: Books, *, now: Any) -> None:  # noqa: ANN401 - a moment
    payment = books[Payments].get(1)
    assert payment is not None
    number = books[Renewals].keep_method(
        payment, encrypted=b"x", brand="<Visa>", last4="4242", now=now
    )
    method = books[Renewals].method(number or 0)
    assert method is not None
    end = books[Subscriptions].get(1).standing.paid_until
    books[Renewals].plan(
        1,
        method,
        interval=Interval.from_key("1m"),
        currency="EUR",
        agreed_at=now,
        round_end=end,
        charge_at=end - DAY,
        next_at=end,
    )


def change(books: Books, /, **changes: Any) -> None:  # noqa: ANN401 - any field
    renewal = books[Renewals].of(1)
    assert renewal is not None
    books[Renewals].write(replace(renewal, **changes))


def subscribe(books: Books, state: StarState, *, is_stopped_here: bool, now: Any) -> None:  # noqa: ANN401
    books[StarSubscriptions].begin(1, charge_id="c", expires_at=now + 30 * DAY, now=now)
    books[StarSubscriptions].note(
        1, state=state, is_stopped_here=is_stopped_here, expires_at=now + 30 * DAY
    )


async def looked_at(house: House, screen: str) -> list[str]:
    found = []
    for language in locales.languages():
        visit = await visit_to(house.application.bot, house.counter, ANNA)
        visit = replace(visit, speech=speak(language, "Europe/Berlin"))
        shown = await SCREENS[screen](visit, Args(("1",)))
        assert shown is not None
        found += [f"{language} {screen}: {fault}" for fault in faults(shown)]
    return found


async def test_every_state_of_a_cards_renewal_is_sound(house: House) -> None:
    wrong = await looked_at(house, "renewal") + await looked_at(house, "account")
    wrong += await looked_at(house, "ways")
    for changes in ({"tries": GIVEN_UP}, {"tries": 0, "is_on": False}):
        await house.storage.run(change, **changes)
        wrong += await looked_at(house, "renewal") + await looked_at(house, "account")
    for screen in ("renewal_on", "renewal_off", "forget_card", "renewal", "renewal_on"):
        wrong += await looked_at(house, screen)
    assert wrong == []


@pytest.mark.parametrize(
    ("state", "is_stopped_here"),
    [
        (StarState.ACTIVE, False),
        (StarState.CANCELED, True),
        (StarState.CANCELED, False),
        (StarState.FAILED, False),
    ],
)
async def test_every_state_of_a_star_subscription_is_sound(
    house: House,
    state: StarState,
    is_stopped_here: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    now = house.clock.now()
    await house.storage.run(subscribe, state, is_stopped_here=is_stopped_here, now=now)
    wrong = await looked_at(house, "renewal") + await looked_at(house, "account")
    wrong += await looked_at(house, "stars_on" if is_stopped_here else "stars_off")
    assert wrong == []


async def test_every_notice_of_a_renewal_is_sound(house: House) -> None:
    await house.storage.run(change, told_price_id=1)
    wrong, said = [], set()
    for language in locales.languages():
        visit = await visit_to(house.application.bot, house.counter, ANNA)
        visit = replace(visit, speech=speak(language, "Europe/Berlin"))
        for notice in renewal_notices("solo"):
            await house.storage.run(change, is_on=not isinstance(notice, OFF))
            screen = await WORDS[notice.kind][1](visit, notice)
            assert screen is not None, notice
            said.add(screen.text)
            wrong += [f"{language} {notice}: {fault}" for fault in faults(screen)]
    assert wrong == []
    assert len(said) > 3 * 9


async def test_a_renewal_is_nobody_elses_to_change(house: House) -> None:
    bruno = house.preview.chat(1002)
    await bruno.send("/start")
    await bruno.wait_for("Hallo")
    visit = await visit_to(house.application.bot, house.counter, 1002)
    for screen in ("renewal", "renewal_on", "renewal_off", "forget_card", "stars_off", "stars_on"):
        with pytest.raises(Exception, match="There is no"):
            await SCREENS[screen](visit, Args(("1",)))
