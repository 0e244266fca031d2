"""The section [fraud]: which checks are on, and how strict they are."""

from shop.owner_file.money_section import sums_by_currency
from shop.owner_file.page import Table
from shop.screening.rules import FraudPolicy, Ruling

_MOST = 1000
_WORDS = {"off": Ruling.PASS, "hold": Ruling.HOLD, "refuse": Ruling.REFUSE}


def fraud_policy(table: Table) -> FraudPolicy:
    """Every check of it."""
    usual = FraudPolicy()
    return FraudPolicy(
        tries_an_hour=_many(table, "tries_an_hour"),
        payers_a_day=_many(table, "payers_a_day"),
        people_of_a_payer=_many(table, "people_of_a_payer"),
        trials_of_a_payer=_many(table, "trials_of_a_payer"),
        first_order=sums_by_currency(table, "first_order"),
        country=_ruling(table, "country", default=usual.country, words=("off", "hold")),
        refused=_ruling(table, "refused", default=usual.refused, words=("off", "hold")),
        blocklist=_ruling(table, "blocklist", default=usual.blocklist, words=tuple(_WORDS)),
    )


def _many(table: Table, key: str) -> int:
    return table.whole(key, default=0, least=0, most=_MOST)


def _ruling(table: Table, key: str, *, default: Ruling, words: tuple[str, ...]) -> Ruling:
    like, hint = "|".join(words), f"write one of {', '.join(words)}"
    text = table.text(key, most=8, default="", like=like, hint=hint)
    return _WORDS.get(text, default)
