"""Words one notice from the outbox, as things stand now, and sends it."""

from collections.abc import Mapping
from typing import Any

from telegram import Bot

from handlers.counter import Counter
from handlers.customer import notices as to_customer
from handlers.names import plan_name
from handlers.staff import notices as to_staff
from handlers.visit import Visit, visit_to
from shop.messaging.kinds import Notice
from shop.messaging.notices import read_notice

_WORDS = {
    notice.kind: (notice, words)
    for wording in (to_customer.WORDS, to_staff.WORDS)
    for notice, words in wording.items()
}


async def send_notice(bot: Bot, counter: Counter, payload: Mapping[str, Any]) -> None:
    """Send it, unless time has overtaken it; Telegram's errors come through."""
    visit = await visit_to(bot, counter, int(payload["to"]))
    if (found := _WORDS.get(payload["notice"])) is not None:
        kind, words = found
        screen = await words(visit, read_notice(kind, payload))
        if screen is not None:
            await visit.show(screen)
        return
    notice = Notice(payload["notice"])
    if notice in to_staff.TELLERS:
        await visit.show(to_staff.told(visit, notice, await _named(visit, payload)))
        return
    screen = await to_customer.TELLERS[notice](visit, payload)
    if screen is not None:
        await visit.show(screen)


async def _named(visit: Visit, payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same facts, with the plan as people call it."""
    if not payload.get("plan"):
        return payload
    return {**payload, "plan": await plan_name(visit, str(payload["plan"]))}
