"""By what an event and its money are known, for each provider, as docs/safeguards.md lists it."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.doors.senders import SENDERS
from tests.doors.test_webhooks import send
from tests.fixtures.doors import Doors

PAGE = Path(__file__).parents[2] / "docs" / "safeguards.md"
Json = dict[str, Any]


def again_btcpay(told: Json) -> None:
    told |= {"deliveryId": "another", "isRedelivery": True}


def again_commerce(told: Json) -> None:
    told |= {"id": 2, "attempt_number": 2}


def again_cryptopay(told: Json) -> None:
    told["update_id"] = 99


def again_coinbase(told: Json) -> None:
    told["updatedAt"] = "2026-11-23T10:30:00Z"


def as_it_was(_told: Json) -> None:
    """Its redelivery is the same body, under a new stamp."""


# how a redelivery differs; the event's identity, and the money's, of the sender's own message
IDENTITIES: dict[str, tuple[Callable[[Json], None], str, str]] = {
    "stripe": (as_it_was, "evt_{ref}", "pi_{ref}"),
    "coinbase": (again_coinbase, "co_{ref}.checkout.payment.success", "co_{ref}"),
    "coinbase_commerce": (again_commerce, "ev_{ref}", "0x{ref}"),
    "btcpay": (again_btcpay, "delivery_{ref}.ask", ""),
    "cryptopay": (again_cryptopay, "{id}.invoice_paid", "{id}"),
    "nowpayments": (as_it_was, "5745459419.finished", "5745459419"),
    "sandbox_card": (as_it_was, "evt_{ref}_0_received", "money_{ref}_0"),
    "sandbox_crypto": (as_it_was, "evt_{ref}_0_received", "money_{ref}_0"),
}


def test_a_redelivery_is_the_same_event_by_the_providers_own_identity(doors: Doors) -> None:
    anna, wanted, receipts = doors.do(doors.shop.greet()), {}, {}
    for name, (differs, event_id, receipt_id) in IDENTITIES.items():
        payment = doors.do(doors.shop.ask(anna, provider=name))
        told = json.loads(SENDERS[name].write(payment, doors.clock.now()))
        for _ in range(2):
            assert send(doors, SENDERS[name], json.dumps(told).encode()) == 200
            differs(told)
            doors.clock.move(seconds=90)
        wanted[name] = event_id.format(ref=payment.reference, id=payment.id)
        receipts[name] = receipt_id.format(ref=payment.reference, id=payment.id)
    assert doors.tables.rows("SELECT provider, event_id FROM inbox ORDER BY id") == [
        *wanted.items()
    ]
    assert doors.tables.rows("SELECT provider, receipt_id FROM receipts ORDER BY id") == [
        (name, receipt) for name, receipt in receipts.items() if receipt
    ]


def test_the_page_lists_every_provider() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    listed = {*rows, "sandbox_card", "sandbox_crypto"}
    assert {*SENDERS} == {*IDENTITIES}
    assert listed == {*SENDERS, "stars", "telegram_cards", "transfer", "wallet"}
