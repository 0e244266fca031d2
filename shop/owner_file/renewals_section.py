"""The section [renewing]: whether people may have their card kept, and when it is charged."""

from shop.owner_file.page import Table
from shop.renewals.rules import RenewalPolicy

_MOST_RETRIES, _MOST_RETRY_DAYS = 5, 30


def renewal_policy(section: Table) -> RenewalPolicy:
    """Asking for consent, notice, the charge, and tries after a decline."""
    usual = RenewalPolicy()
    cards = section.text("cards", most=10, default="no", like="no|ask", hint="write no or ask")
    return RenewalPolicy(
        asks=cards == "ask",
        notice_days=section.whole("notice_days", default=usual.notice_days, least=1, most=30),
        charge_hours=section.whole("charge_hours", default=usual.charge_hours, least=1, most=240),
        retry_days=_days(section, "retry_days", usual.retry_days),
    )


def _days(section: Table, key: str, usual: tuple[int, ...]) -> tuple[int, ...]:
    value = section.get(key)
    if value is None:
        return usual
    if isinstance(value, list) and len(value) <= _MOST_RETRIES and all(map(_is_day, value)):
        return tuple(value)
    section.refuse(key, f"{key} must be up to five whole numbers from 1 to 30, such as [1, 2].")
    return usual


def _is_day(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    return 1 <= value <= _MOST_RETRY_DAYS
