"""What the books must never hold about lines is found when it is there."""

from pathlib import Path

import pytest

from shop.books.opening import storage_at
from tests.fixtures.shop import Shop
from tests.fixtures.tables import Tables, contradictions
from tests.orders.baskets import a_line, ask
from tests.stories.test_refund_cases import give

LINES = "an order's lines do not add up"


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ("UPDATE order_lines SET minor = minor + 1", LINES),
        ("UPDATE order_lines SET currency = 'USD'", LINES),
        ("UPDATE order_lines SET paid = paid - 1", LINES),
        ("UPDATE order_lines SET tax = 1", LINES),
        ("UPDATE order_lines SET subscription_id = NULL", "a paid line bought nothing"),
        ("UPDATE periods SET line_id = NULL", "a period belongs to no line"),
        (
            "UPDATE order_lines SET subscription_id = 2 WHERE subscription_id = 1",
            "a period belongs to no line",
        ),
        (
            "UPDATE refund_lines SET minor = minor + 1",
            "a refund takes of lines other than of their order",
        ),
        (
            "UPDATE refund_lines SET minor = 100000",
            "more of a line went back than was paid for it",
        ),
        (
            "UPDATE order_lines SET is_another = 0",
            "a customer has a second live subscription to one plan that nobody asked for",
        ),
    ],
)
async def test_it_is_found(tmp_path: Path, wrong: str, found: str) -> None:
    url = f"sqlite:///{tmp_path}/shop.db"
    shop, tables = await Shop(storage_at(url)).open(), Tables(url)
    payment = await ask(shop, await a_line(shop), await a_line(shop, is_another=True))
    await shop.settle(shop.received(payment, receipt="money_1"))
    await give(shop, 500)
    await shop.storage.close()
    assert contradictions(tables) == {}
    tables.write(wrong)
    assert found in contradictions(tables)
