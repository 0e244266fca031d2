"""What a settlement asks of SQLite is answered from indexes, without a table made for it."""

import re
import sqlite3

import pytest

from shop.books import queries
from shop.books.migrate import migrate_sqlite

# A list of more than two, a sorting and RETURNING each make a table: a tenth of a settlement.
PLAIN = [
    "customer_claim_payer",
    "payment_circumstances",
    "journal_add",
    "payment_move",
    "order_move",
    "account_add",
    "period_add",
    "line_sold",
    "outbox_add_many",
]
ADDING = ["inbox_keep", "receipt_add", "subscription_add"]


@pytest.mark.parametrize("name", [*PLAIN, *ADDING])
def test_no_table_is_made_on_the_way(name: str) -> None:
    text = queries.load_queries("sqlite")[name]
    if name in ADDING:
        text = queries.without_returning(text)
    values = dict.fromkeys(re.findall(r"(?<!:):(\w+)", text))
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        migrate_sqlite(connection)
        steps = {row[1] for row in connection.execute(f"EXPLAIN {text}", values)}
    finally:
        connection.close()
    assert steps.isdisjoint({"OpenEphemeral", "SorterOpen", "OpenAutoindex"})


@pytest.mark.parametrize("name", ["product_put", "inbox_take_again", "account_wish"])
def test_an_id_is_only_that_of_a_row_that_was_added(name: str) -> None:
    with pytest.raises(ValueError, match="the id is not that of a row this adds"):
        queries.without_returning(queries.load_queries("sqlite")[name])
