"""Tells a person in one clear sentence that something did not work."""

import structlog
from telegram import Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from handlers.counter import Counter
from handlers.visit import answer, is_answered
from handlers.wording import Html, Speech, escape, speak
from shop.core.errors import BadInputError, BooksUnavailableError, NotFoundError, ShopError
from shop.customers.people import known
from shop.ports import DecryptionError, ProviderError

_LOG = structlog.get_logger()


async def apologise(update: Update, counter: Counter, error: BaseException) -> None:
    """Tell the person; if that fails too, it is only logged."""
    user, chat, query = update.effective_user, update.effective_chat, update.callback_query
    if user is None or chat is None or chat.type != ChatType.PRIVATE:
        return
    words = sentence(await _speech(counter, user.id, user.language_code or "en"), error)
    try:
        if query is not None and not is_answered(query):
            await answer(query, words.plain, is_alert=True)
        else:
            await chat.send_message(words, parse_mode="HTML")
    except TelegramError as failure:
        _LOG.warning("The apology did not arrive either: %s", type(failure).__name__)


def closed_link(tag: str) -> str:
    """What Telegram shows a payer whose invoice is no longer valid."""
    _ = speak(tag)
    return _("This payment link is no longer valid. Please open the plan again.").plain


def sentence(_: Speech, error: BaseException) -> Html:
    """What went wrong, in a sentence for people."""
    if isinstance(error, BadInputError):
        return escape(error.sentence)
    sentences = {
        BooksUnavailableError: _(
            "We cannot open our books just now. Nothing was changed; please try again in a minute."
        ),
        ProviderError: _(
            "The payment provider does not answer just now, and nothing was charged. Please try "
            "again in a moment."
        ),
        DecryptionError: _(
            "We cannot read your access data just now. Please write to us: /support"
        ),
        NotFoundError: _("That is no longer here."),
        ShopError: _("That did not work. Please try again."),
        BaseException: _(
            "Something went wrong on our side, and we have been told. Please try again soon."
        ),
    }
    return next(words for kind, words in sentences.items() if isinstance(error, kind))


async def _speech(counter: Counter, telegram_id: int, tag: str) -> Speech:
    try:
        customer = await counter.storage.read(known, telegram_id)
    except ShopError:
        return speak(tag, counter.zone)  # the books may be what failed
    return speak(customer.language if customer else tag, counter.zone)
