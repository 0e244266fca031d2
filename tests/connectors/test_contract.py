"""What every connector promises, whoever stands behind it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import pytest

from bot.encryption import FernetEncryption
from connectors.generated import GeneratedConnector
from connectors.stock import StockConnector
from shop.access.stock import BooksShelf
from shop.access.stock_loading import load_stock
from shop.books.opening import storage_at
from shop.core.policy import Policy
from shop.ports import Account, AccountOrder, Connector, Credentials, OutOfStockError
from tests.fixtures.books import NOW, StoppedClock, put_plan, subscribe

STOCK = "username,password,url\n" + "".join(
    f"user{i},pass{i},https://tv.example\n" for i in range(3)
)
Verb: TypeAlias = Callable[[AccountOrder], Awaitable[Account]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A connector to be tried, and orders for accounts it can make."""

    connector: Connector
    orders: list[AccountOrder]


@pytest.fixture(params=["generated", "stock"])
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bench]:
    orders = [
        AccountOrder(subscription_id=i, plan="solo", screens=1, token=f"secret-{i}")
        for i in range(1, 4)
    ]
    if request.param == "generated":
        url = "https://shop.example/playlist/{token}.m3u8"
        yield Bench(connector=GeneratedConnector(playlist_url=url), orders=orders)
        return
    storage = storage_at(f"sqlite:///{tmp_path}/shop.db")
    await storage.open()
    encryption = FernetEncryption("a key for tests")
    await storage.run(put_plan)
    for i in range(3):
        await storage.run(subscribe, i + 1)
    await storage.run(load_stock, "solo", STOCK, encryption=encryption, now=NOW)
    shelf = BooksShelf(storage, encryption=encryption, clock=StoppedClock(), policy=Policy())
    yield Bench(connector=StockConnector(shelf=shelf), orders=orders)
    await storage.close()


def noted(order: AccountOrder, made: Account) -> AccountOrder:
    """The next order for this account, after the books noted what came of the last."""
    return replace(
        order, external_id=made.external_id, credentials=made.credentials or order.credentials
    )


def given(account: Account) -> Credentials:
    assert account.credentials is not None
    return account.credentials


async def test_a_new_account_has_all_a_customer_needs(bench: Bench) -> None:
    made = await bench.connector.create(bench.orders[0])
    assert made.external_id
    assert given(made).username
    assert given(made).password
    assert given(made).url.startswith("https://")


async def test_a_create_repeated_before_it_was_noted_makes_the_same_account(bench: Bench) -> None:
    first = await bench.connector.create(bench.orders[0])
    assert await bench.connector.create(bench.orders[0]) == first


async def test_a_create_repeated_later_makes_the_same_account(bench: Bench) -> None:
    first = await bench.connector.create(bench.orders[0])
    assert await bench.connector.create(noted(bench.orders[0], first)) == first


async def test_two_accounts_have_nothing_in_common(bench: Bench) -> None:
    one, two = [await bench.connector.create(order) for order in bench.orders[:2]]
    assert one.external_id != two.external_id
    assert given(one).username != given(two).username
    assert given(one).password != given(two).password


@pytest.mark.parametrize("verb", ["suspend", "resume", "terminate", "change"])
async def test_a_repeated_verb_is_harmless_and_keeps_the_credentials(
    bench: Bench, verb: str
) -> None:
    order = noted(bench.orders[0], await bench.connector.create(bench.orders[0]))
    act: Verb = getattr(bench.connector, verb)
    answers = [await act(order) for _ in range(3)]
    assert answers == [Account(external_id=order.external_id)] * 3


async def test_an_account_comes_back_as_it_was(bench: Bench) -> None:
    first = await bench.connector.create(bench.orders[0])
    order = noted(bench.orders[0], first)
    order = noted(order, await bench.connector.suspend(order))
    order = noted(order, await bench.connector.resume(order))
    assert order.credentials == first.credentials


async def test_resuming_what_was_never_made_makes_it(bench: Bench) -> None:
    made = await bench.connector.resume(bench.orders[0])
    assert made == await bench.connector.create(bench.orders[0])


async def test_new_credentials_are_new(bench: Bench) -> None:
    order = noted(bench.orders[0], await bench.connector.create(bench.orders[0]))
    rotated = await bench.connector.rotate(order)
    assert (
        given(rotated).password
        != given(Account(external_id="", credentials=order.credentials)).password
    )
    again = await bench.connector.rotate(noted(order, rotated))
    assert given(again).password != given(rotated).password


async def test_after_a_rotation_a_create_knows_the_new_ones(bench: Bench) -> None:
    order = noted(bench.orders[0], await bench.connector.create(bench.orders[0]))
    rotated = await bench.connector.rotate(order)
    assert await bench.connector.create(noted(order, rotated)) == rotated


@pytest.mark.parametrize("bench", ["stock"], indirect=True)
class TestStockAlone:
    async def test_a_rotation_repeated_before_it_was_noted_takes_one_line_only(
        self, bench: Bench
    ) -> None:
        order = noted(bench.orders[0], await bench.connector.create(bench.orders[0]))
        assert await bench.connector.rotate(order) == await bench.connector.rotate(order)

    async def test_the_shelf_runs_out(self, bench: Bench) -> None:
        order = noted(bench.orders[0], await bench.connector.create(bench.orders[0]))
        for _ in range(2):
            order = noted(order, await bench.connector.rotate(order))
        with pytest.raises(OutOfStockError, match="There are no credentials left"):
            await bench.connector.create(bench.orders[1])
        with pytest.raises(OutOfStockError):
            await bench.connector.rotate(order)
        assert given(await bench.connector.create(order)) == order.credentials

    async def test_a_line_given_up_goes_to_no_one_else(self, bench: Bench) -> None:
        first = await bench.connector.create(bench.orders[0])
        await bench.connector.terminate(noted(bench.orders[0], first))
        others = [await bench.connector.create(order) for order in bench.orders[1:]]
        assert first.external_id not in {other.external_id for other in others}
