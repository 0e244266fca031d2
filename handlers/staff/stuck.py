"""What is stuck, and what can be done: try it again, or put it away."""

from telegram import InlineKeyboardButton

from handlers.screens import Args, Screen, bold, button, in_rows
from handlers.staff.customers import back
from handlers.visit import Visit
from handlers.wording import Html, Speech, escape, lines, paragraphs
from shop import staffdesk
from shop.staffdesk import trouble
from shop.storage.inbox import InboxState, Letter
from shop.storage.outbox import Kind, QueuedEffect
from shop.updates import TELEGRAM

_MOST = 8
_LONGEST = 120


async def stuck(visit: Visit, _args: Args) -> Screen:
    """The oldest few; more come up as these go."""
    _ = visit.speech
    effects, letters = await visit.counter.storage.read(trouble)
    if not effects and not letters:
        return Screen(text=_("✅ Nothing is stuck."), rows=(back(_),))
    effects, letters = effects[:_MOST], letters[:_MOST]
    buttons = [*(it for one in effects for it in _effect_buttons(_, one)),
               *(it for one in letters for it in _letter_buttons(_, one))]  # fmt: skip
    text = paragraphs(
        bold(_("What is stuck")),
        *(_effect(_, one) for one in effects),
        *(_letter(_, one) for one in letters),
    )
    return Screen(text=text, rows=(*in_rows(buttons, wide=2), back(_)))


def _effect(_: Speech, one: QueuedEffect) -> Html:
    kinds = {
        Kind.CHAT: _("Message to a customer"),
        Kind.STAFF: _("Message to staff"),
        Kind.PROVISION: _("Account"),
        Kind.MEANS: _("Renewal"),
    }
    what = one.payload.get("notice") or one.payload.get("verb") or ""
    return lines(
        _("<b>E{id}</b> · {kind}: {what}", id=one.id, kind=kinds[one.kind], what=what),
        _("{date}: {error}", date=_.day(one.created_at), error=one.error[:_LONGEST]),
    )


def _letter(_: Speech, one: Letter) -> Html:
    states = {
        InboxState.STUCK: _("failed"),
        InboxState.UNKNOWN: _("order unknown"),
        InboxState.UNHANDLED: _("of a kind we do not act on"),
    }
    how = states.get(one.state, Html(one.state))
    return lines(
        _("<b>L{id}</b> · {provider}: {kind}", id=one.id, provider=one.provider, kind=one.kind),
        _("{date}: {error}", date=_.day(one.received_at), error=how),
        escape(one.note[:_LONGEST]),
    )


def _effect_buttons(_: Speech, one: QueuedEffect) -> tuple[InlineKeyboardButton, ...]:
    return (
        button(_("E{id}: try again", id=one.id), "e_again", one.id),
        button(_("E{id}: put away", id=one.id), "e_away", one.id),
    )


def _letter_buttons(_: Speech, one: Letter) -> tuple[InlineKeyboardButton, ...]:
    away = button(_("L{id}: put away", id=one.id), "l_away", one.id)
    if one.provider != TELEGRAM:
        return (away,)
    return button(_("L{id}: try again", id=one.id), "l_again", one.id), away


async def effect_again(visit: Visit, args: Args) -> Screen:
    """Let an effect try afresh."""
    done = await visit.counter.storage.run(
        staffdesk.replay_effect, visit.customer.telegram_id, effect_id=args.number(0),
        now=visit.now,
    )  # fmt: skip
    return await _after(visit, is_done=done)


async def effect_away(visit: Visit, args: Args) -> Screen:
    """Put an effect away."""
    done = await visit.counter.storage.run(
        staffdesk.dismiss_effect, visit.customer.telegram_id, effect_id=args.number(0),
        now=visit.now,
    )  # fmt: skip
    return await _after(visit, is_done=done)


async def letter_again(visit: Visit, args: Args) -> Screen:
    """Answer a chat update afresh."""
    done = await visit.counter.storage.run(
        staffdesk.replay_letter, visit.customer.telegram_id, letter_id=args.number(0),
        now=visit.now,
    )  # fmt: skip
    return await _after(visit, is_done=done)


async def letter_away(visit: Visit, args: Args) -> Screen:
    """Put a letter away."""
    done = await visit.counter.storage.run(
        staffdesk.dismiss_letter, visit.customer.telegram_id, letter_id=args.number(0),
        now=visit.now,
    )  # fmt: skip
    return await _after(visit, is_done=done)


async def _after(visit: Visit, *, is_done: bool) -> Screen:
    _ = visit.speech
    visit.counter.wake()
    words = _("Done.") if is_done else _("That was done already.")
    return (await stuck(visit, Args(()))).saying(words)
