"""What one cell of the matrix came to, read out of the books, the chat and the log."""

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from preview.client import Message, text_of
from shop.core.money import Money
from tests.fixtures.tables import Tables, contradictions

RECEIPT, ACCESS, SALE = "Payment received", "🔑 Your access to", "💰"
WAITING = """
    SELECT (SELECT COUNT(*) FROM outbox WHERE state = 'waiting')
        + (SELECT COUNT(*) FROM inbox WHERE state = 'waiting')
"""
_STUCK = """
    SELECT (SELECT COUNT(*) FROM outbox WHERE state = 'dead')
        + (SELECT COUNT(*) FROM inbox WHERE state NOT IN ('waiting', 'done'))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything counted; `answers` is what the provider was answered, in order.

    `struck` says by what each blow of the trouble was seen.
    """

    receipts: list[tuple[str, int, str]]
    wallet: int
    periods: int
    accounts: int
    door: int
    stuck: int
    contradictions: dict[str, Any]
    told: dict[str, int]
    is_log_clean: bool
    answers: tuple[str, ...]
    struck: tuple[str, ...]

    def faults(self, due: tuple[int, str]) -> list[str]:
        """What is wrong: nothing, when it was credited, delivered and told exactly once."""
        right = {
            "credited": (self.receipts, [("paid", *due)]),
            "wallet": (self.wallet, 0),
            "periods": (self.periods, 1),
            "accounts": (self.accounts, 1),
            "door": (self.door, 200),
            "stuck": (self.stuck, 0),
            "contradictions": (self.contradictions, {}),
            "told": (self.told, {"receipt": 1, "access": 1, "staff": 1}),
            "log": (self.is_log_clean, True),
            "struck": (bool(self.struck), True),
        }
        return [
            f"{name}: {found!r}, not {wanted!r}"
            for name, (found, wanted) in right.items()
            if found != wanted
        ]

    def text(self) -> str:
        """The cell in words."""
        credited = ", ".join(
            f"{Money(minor, currency)} {verdict}" for verdict, minor, currency in self.receipts
        )
        parts = [
            f"credited {credited or 'nothing'}"
            + (f", wallet {self.wallet}" if self.wallet else ""),
            f"{_many(self.periods, 'month')}, {_many(self.accounts, 'account')}",
            "told " + ", ".join(f"{what} {many}×" for what, many in self.told.items()),
        ]
        if self.answers:
            runs = [(answer, len(list(same))) for answer, same in groupby(self.answers)]
            said = (answer + (f" ({many}×)" if many > 1 else "") for answer, many in runs)
            parts.append("answered " + ", ".join(said))
        parts.append("struck: " + (", ".join(self.struck) or "nothing"))
        return "; ".join(parts)


def find(
    tables: Tables,
    *,
    chat: list[Message],
    staff: list[Message],
    door: int,
    log: str,
    answers: list[str],
    struck: list[str],
) -> Findings:
    """Count everything."""
    said = Counter[str]()
    for message in chat:
        said["receipt"] += RECEIPT in text_of(message).split("\n")[0]
        said["access"] += ACCESS in text_of(message).split("\n")[0]
    return Findings(
        receipts=[
            (str(verdict), int(minor), str(currency))
            for verdict, minor, currency in tables.rows(
                "SELECT verdict, minor, currency FROM receipts ORDER BY id"
            )
        ],
        wallet=int(
            tables.one("SELECT COALESCE(SUM(-minor), 0) FROM journal WHERE account = 'wallet'")
        ),
        periods=int(tables.one("SELECT COUNT(*) FROM periods")),
        accounts=int(
            tables.one(
                "SELECT COUNT(*) FROM accounts WHERE actual = 'active' "
                "AND delivered_at IS NOT NULL"
            )
        ),
        door=door,
        stuck=int(tables.one(_STUCK)),
        contradictions=contradictions(tables),
        told={
            "receipt": said["receipt"],
            "access": said["access"],
            "staff": sum(SALE in text_of(message) for message in staff),
        },
        is_log_clean="Traceback" not in log and '"level": "error"' not in log,
        answers=tuple(answers),
        struck=tuple(struck),
    )


def _many(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")
