"""One command or tap of one person: who it is, their language, and how to answer."""

from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

import structlog
from telegram import Bot, CallbackQuery, InlineKeyboardMarkup, LinkPreviewOptions, Update, User
from telegram.constants import ParseMode
from telegram.error import BadRequest

from handlers.counter import Counter
from handlers.screens import MOST_TOAST, Args, Screen
from handlers.wording import Html, Speech, escape, paragraphs, speak
from locales import ENGLISH
from shop.customers.people import Visitor, greet, known
from shop.customers.records import Customer

_LOG = structlog.get_logger()
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
# The last tap answered while handling this update; it does not outlive the update.
_ANSWERED: ContextVar[str] = ContextVar("answered", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A command or a tap being answered; `message_id` is the message to edit, if any."""

    counter: Counter
    bot: Bot
    customer: Customer
    speech: Speech
    now: datetime
    query: CallbackQuery | None
    message_id: int | None

    @property
    def is_staff(self) -> bool:
        """Whether this person is staff."""
        return self.customer.telegram_id in self.counter.policy.staff_ids

    @property
    def chat_id(self) -> int:
        """The private chat, which has the person's own id."""
        return self.customer.telegram_id

    async def open(self, name: str, *args: object) -> Screen | None:
        """Another wing's screen, by its name as a button has it; None where there is none."""
        door = self.counter.screens.get(name)
        if door is None:
            return None
        screen: Screen | None = await door(self, Args(tuple(map(str, args))))
        return screen

    async def show(self, screen: Screen, *, is_protected: bool = False) -> Self:
        """Answer the tap, then edit the message, or send one when there is none to edit."""
        text = screen.text
        if screen.toast and (self.query is None or is_answered(self.query)):
            text = paragraphs(escape(screen.toast), text)  # no tap is left to carry the toast
        elif self.query is not None:
            await answer(self.query, screen.toast, is_alert=screen.is_alert)
        if self.message_id is not None and await self._edit(text, screen.keyboard):
            return self
        message = await self.bot.send_message(
            self.chat_id,
            text,
            parse_mode=ParseMode.HTML,
            reply_markup=screen.keyboard,
            link_preview_options=NO_PREVIEW,
            protect_content=is_protected,
        )
        return replace(self, message_id=message.message_id)

    async def _edit(self, text: Html, keyboard: InlineKeyboardMarkup | None) -> bool:
        """Edit the message; False when it is gone or is a picture."""
        try:
            await self.bot.edit_message_text(
                text,
                chat_id=self.chat_id,
                message_id=self.message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=keyboard,
                link_preview_options=NO_PREVIEW,
            )
        except BadRequest as error:
            if "not modified" in error.message.lower():
                return True  # a double tap: the message shows this already
            if not is_gone(error):
                raise
            return False
        return True

    def below(self) -> Self:
        """The same visit, answered with a new message."""
        return replace(self, message_id=None)


def is_gone(error: BadRequest) -> bool:
    """Whether a message could not be edited because it is gone or is not text."""
    words = ("not found", "can't be edited", "no text in the message", "message_id_invalid")
    return any(word in error.message.lower() for word in words)


async def answer(query: CallbackQuery, text: str = "", *, is_alert: bool = False) -> None:
    """Answer a tap, once; being too late for Telegram is not an error."""
    if is_answered(query):
        return
    _ANSWERED.set(query.id)
    try:
        await query.answer(text[:MOST_TOAST] or None, show_alert=is_alert and bool(text))
    except BadRequest as error:
        _LOG.info("A tap was too old to be answered: %s", error.message)


def is_answered(query: CallbackQuery) -> bool:
    """Whether this tap was already answered while handling this update."""
    return _ANSWERED.get() == query.id


async def visit_of(update: Update, counter: Counter, bot: Bot, *, source: str = "") -> Visit:
    """The visit behind an update; a command also records or updates the person in the books."""
    user = update.effective_user
    assert user is not None  # noqa: S101 - only updates of persons are routed here
    now = counter.clock.now()
    query = update.callback_query
    customer = None
    if query is not None:
        customer = await counter.storage.read(known, user.id)
    if customer is None or not customer.is_reachable:
        visitor = _visitor(user, counter)
        customer = await counter.storage.run(greet, visitor, source=source, now=now)
    message = None if query is None else query.message
    return Visit(
        counter=counter,
        bot=bot,
        customer=customer,
        now=now,
        query=query,
        speech=speak(customer.language, customer.zone),
        message_id=None if message is None else message.message_id,
    )


def _visitor(user: User, counter: Counter) -> Visitor:
    return Visitor(
        telegram_id=user.id,
        name=user.full_name,
        username=user.username or "",
        language=user.language_code or "en",
        zone=counter.zone,
    )


async def visit_to(bot: Bot, counter: Counter, telegram_id: int) -> Visit:
    """A visit for telling someone something; staff may not be in the books yet."""
    now = counter.clock.now()
    customer = await counter.storage.read(known, telegram_id) or Customer(
        id=0,
        telegram_id=telegram_id,
        name="",
        username="",
        language=ENGLISH,
        zone=counter.zone,
        currency="",
        wants_reminders=False,
        is_reachable=True,
        created_at=now,
    )
    return Visit(
        counter=counter,
        bot=bot,
        customer=customer,
        now=now,
        query=None,
        speech=speak(customer.language, customer.zone),
        message_id=None,
    )
