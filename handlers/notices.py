"""Words a notice from the outbox as things stand now, and sends it."""

from collections.abc import Mapping
from typing import Any

from telegram import Bot

from handlers.counter import Counter
from handlers.customer import notices as to_customer
from handlers.staff import notices as to_staff
from handlers.visit import visit_to
from shop.core.facts import read_facts
from shop.messaging.jobs import MessageJob

# A notice's kind -> its class, and its words.
WORDS = {
    notice.kind: (notice, words)
    for wording in (to_customer.WORDS, to_staff.WORDS)
    for notice, words in wording.items()
}


async def send_notice(bot: Bot, counter: Counter, payload: Mapping[str, Any]) -> None:
    """Send it, unless time has overtaken it; Telegram's errors come through."""
    job = read_facts(MessageJob, payload)
    visit = await visit_to(bot, counter, job.to)
    kind, words = WORDS[job.notice]
    screen = await words(visit, read_facts(kind, payload))
    if screen is not None:
        await visit.show(screen)
