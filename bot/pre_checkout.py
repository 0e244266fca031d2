"""Answers Telegram's pre-checkout question, which must not queue: it has ten seconds."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from bot.updates import Raw, inside
from handlers.apologies import closed_link
from handlers.counter import Counter
from shop.core.errors import BadInputError, BooksUnavailableError
from shop.core.money import Money
from shop.intake.pre_checkout import may_pay

log = structlog.get_logger()


async def answer_pre_checkout(
    query: Raw, *, counter: Counter, call: Callable[..., Awaitable[Any]]
) -> None:
    """Say whether this may be paid; an unreadable question gets no answer, which means no."""
    try:
        money = Money(query["total_amount"], query["currency"])
        is_fine = await counter.storage.read(
            may_pay,
            str(query["invoice_payload"]),
            money,
            policy=counter.policy,
            now=counter.clock.now(),
        )
    except (KeyError, TypeError) as error:
        log.warning("pre_checkout_unreadable", error=type(error).__name__)
        return
    except (BooksUnavailableError, BadInputError):
        is_fine = False
    language = str(inside(query, "from", "language_code") or "en")
    extra = {} if is_fine else {"error_message": closed_link(language)}
    try:
        await call(
            "answerPreCheckoutQuery",
            pre_checkout_query_id=query.get("id"),
            ok=is_fine,
            **extra,
        )
    except Exception as error:  # noqa: BLE001 - Telegram then tells the payer itself
        log.warning("pre_checkout_unanswered", error=type(error).__name__)
