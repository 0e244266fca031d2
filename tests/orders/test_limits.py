"""What a way takes, what it asks for a rest, and how long a refusal is remembered."""

from datetime import timedelta

import pytest

from shop.books.books import Books
from shop.core.money import Money
from shop.orders.limits import asked_of, learned_limits, limits_now, note_refused_sum
from shop.ports import (
    Limits,
    ProviderError,
    RequestRefusedError,
    TooLittleError,
    TooMuchError,
)
from tests.fixtures.shop import Shop

CARD = Limits(least=50, most=1000)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


@pytest.mark.parametrize(
    ("price", "due", "asked"),
    [
        (799, 799, 799),
        (799, 50, 50),
        (799, 49, 50),
        (799, 4, 50),
        (50, 4, 50),
        (49, 49, None),
        (49, 4, None),
        (1000, 1000, 1000),
        (1001, 1001, None),
        (1050, 1000, 1000),
        (1050, 1001, None),
    ],
)
def test_a_rest_is_raised_to_the_least_and_what_does_not_fit_is_not_asked(
    price: int, due: int, asked: int | None
) -> None:
    assert asked_of(eur(price), eur(due), CARD) == (None if asked is None else eur(asked))


def test_two_limits_hold_together() -> None:
    assert CARD.within(Limits(least=20, most=None)) == CARD
    assert Limits().within(CARD) == CARD
    assert CARD.within(Limits(least=60, most=900)) == Limits(least=60, most=900)


def test_what_a_provider_says_and_what_it_refused_hold_together() -> None:
    learned = {"card:EUR": Limits(least=100), "card:USD": Limits(most=5)}
    assert limits_now("card", "EUR", {"EUR": CARD}, learned) == Limits(least=100, most=1000)
    assert limits_now("card", "GBP", {"EUR": CARD}, learned) == Limits()
    assert limits_now("other", "EUR", {}, learned) == Limits()


@pytest.mark.parametrize(
    ("error", "found", "days"),
    [
        (TooLittleError(reason="x"), Limits(least=401), 7),
        (TooLittleError(reason="x", least=523), Limits(least=523), 1),
        (TooMuchError(reason="x"), Limits(most=399), 7),
    ],
)
async def test_a_refused_sum_is_remembered_for_a_while(
    shop: Shop, error: RequestRefusedError, found: Limits, days: int
) -> None:
    await shop.run(note_refused_sum, "card", eur(400), error, now=shop.now)
    assert await shop.storage.read(learned_limits, now=shop.now) == {"card:EUR": found}
    late = shop.now + timedelta(days=days)
    before = late - timedelta(seconds=1)
    assert await shop.storage.read(learned_limits, now=before) == {"card:EUR": found}
    assert await shop.storage.read(learned_limits, now=late) == {}


async def test_a_refusal_for_another_reason_says_nothing_about_sums(shop: Shop) -> None:
    error = RequestRefusedError(reason="no such plan")
    await shop.run(note_refused_sum, "card", eur(400), error, now=shop.now)
    assert await shop.storage.read(learned_limits, now=shop.now) == {}


async def test_too_little_and_too_much_are_remembered_beside_each_other(shop: Shop) -> None:
    def both(books: Books) -> None:
        too_much, too_little = TooMuchError(reason="x"), TooLittleError(reason="x")
        note_refused_sum(books, "card", eur(1000), too_much, now=shop.now)
        note_refused_sum(books, "card", eur(10), too_little, now=shop.now)

    await shop.run(both)
    learned = await shop.storage.read(learned_limits, now=shop.now)
    assert learned == {"card:EUR": Limits(least=11, most=999)}


def test_what_is_refused_for_its_sum_is_a_refused_request_and_no_silence() -> None:
    assert issubclass(TooLittleError, RequestRefusedError)
    assert issubclass(RequestRefusedError, ProviderError)
