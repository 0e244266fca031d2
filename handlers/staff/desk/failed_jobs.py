"""What is stuck, and what can be done: try it again, or put it away."""

from telegram import InlineKeyboardButton

from handlers.jobs import job_name, job_of
from handlers.screens import Args, Screen, bold, button, in_rows
from handlers.staff.confirm import back, sure
from handlers.visit import Visit
from handlers.wording import Html, Speech, escape, lines, paragraphs
from shop.desk.failed_jobs import (
    dismiss_effect,
    dismiss_inbox_event,
    replay_effect,
    replay_inbox_event,
    trouble,
)
from shop.intake.replays import Replayed, latest_inbox_events, provider_claims_on, replay
from shop.messaging.inbox_records import InboxEvent, InboxState
from shop.messaging.outbox_records import QueuedEffect

_MOST = 8
_LONGEST = 120


async def stuck(visit: Visit, _args: Args) -> Screen:
    """The oldest few; more come up as these go."""
    _ = visit.speech
    effects, inbox_events = await visit.counter.storage.read(trouble)
    lately = (button(_("What providers sent lately"), "letters"),)
    if not effects and not inbox_events:
        return Screen(text=_("✅ Nothing is stuck."), rows=(lately, back(_)))
    effects, inbox_events = effects[:_MOST], inbox_events[:_MOST]
    claims = await visit.counter.storage.read(provider_claims_on, [one.id for one in inbox_events])
    buttons = [
        *(it for one in effects for it in _effect_buttons(_, one)),
        *(
            it
            for one in inbox_events
            for it in _inbox_event_buttons(_, one, is_claim=one.id in claims)
        ),
    ]
    text = paragraphs(
        bold(_("What is stuck")),
        *(_effect(_, one) for one in effects),
        *(_inbox_event(_, one) for one in inbox_events),
    )
    return Screen(text=text, rows=(*in_rows(buttons, wide=2), lately, back(_)))


async def inbox_events(visit: Visit, _args: Args) -> Screen:
    """What providers sent lately, handled or not: any of it can be read again, harmlessly."""
    _ = visit.speech
    found = await visit.counter.storage.read(latest_inbox_events)
    text = paragraphs(
        bold(_("What providers sent lately")), *(_inbox_event(_, one) for one in found)
    )
    again = [
        button(_("L{id}: try again", id=one.id), "l_again", one.id) for one in found if one.body
    ]
    return Screen(text=text, rows=(*in_rows(again, wide=2), (button(_("← Back"), "stuck"),)))


def _effect(_: Speech, one: QueuedEffect) -> Html:
    kind, what = job_name(_, one.kind), job_of(one)
    return lines(
        _("<b>E{id}</b> · {kind}: {what}", id=one.id, kind=kind, what=what),
        _("{date}: {error}", date=_.day(one.created_at), error=one.error[:_LONGEST]),
    )


def _inbox_event(_: Speech, one: InboxEvent) -> Html:
    states = {
        InboxState.STUCK: _("failed"),
        InboxState.UNKNOWN: _("order unknown"),
        InboxState.UNHANDLED: _("of a kind we do not act on"),
        InboxState.DONE: _("handled"),
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


def _inbox_event_buttons(
    _: Speech, one: InboxEvent, *, is_claim: bool
) -> tuple[InlineKeyboardButton, ...]:
    away = button(_("L{id}: put away", id=one.id), "l_away", one.id)
    if not one.body:
        return (away,)
    again = button(_("L{id}: try again", id=one.id), "l_again", one.id)
    if not is_claim:
        return again, away
    return again, button(_("L{id}: believe it", id=one.id), "l_true", one.id), away


async def effect_again(visit: Visit, args: Args) -> Screen:
    """Let an effect try afresh."""
    done = await visit.counter.storage.run(
        replay_effect,
        visit.customer.telegram_id,
        effect_id=args.number(0),
        now=visit.now,
    )
    return await _after(visit, is_done=done)


async def effect_away(visit: Visit, args: Args) -> Screen:
    """Put an effect away."""
    done = await visit.counter.storage.run(
        dismiss_effect,
        visit.customer.telegram_id,
        effect_id=args.number(0),
        now=visit.now,
    )
    return await _after(visit, is_done=done)


async def inbox_event_again(visit: Visit, args: Args) -> Screen:
    """Answer a chat update afresh, or read a provider's letter again."""
    done = await visit.counter.storage.run(
        replay_inbox_event,
        visit.customer.telegram_id,
        inbox_event_id=args.number(0),
        now=visit.now,
    )
    if done:
        return await _after(visit, is_done=True)
    return await _read_again(visit, args, is_believed=False)


async def inbox_event_believed(visit: Visit, args: Args) -> Screen:
    """Take what an inbox event says of money for true, after one more tap."""
    _ = visit.speech
    if args.choice(1):
        return await _read_again(visit, args, is_believed=True)
    ask = _(
        "Have you seen this money at the provider yourself? Then letter L{id} is taken for true.",
        id=args.number(0),
    )
    return sure(visit, ask, "l_true", args.number(0), back=("stuck",))


async def _read_again(visit: Visit, args: Args, *, is_believed: bool) -> Screen:
    _, counter = visit.speech, visit.counter
    found = await replay(
        counter.storage,
        counter.providers,
        visit.customer.telegram_id,
        inbox_event_id=args.number(0),
        is_believed=is_believed,
        policy=counter.policy,
        clock=counter.clock,
    )
    counter.wake()
    words = {
        Replayed.TAKEN: _("Done."),
        Replayed.SAME: _("That is in the books already; nothing changed."),
        Replayed.ASKED: _("The provider is being asked now."),
        Replayed.LEFT: _("It still is nothing the shop can act on."),
        Replayed.UNREADABLE: _(
            "It cannot be read any more: what it said was erased, or its secret was changed since."
        ),
    }
    return (await stuck(visit, Args(()))).saying(words[found])


async def inbox_event_away(visit: Visit, args: Args) -> Screen:
    """Put an inbox event away."""
    done = await visit.counter.storage.run(
        dismiss_inbox_event,
        visit.customer.telegram_id,
        inbox_event_id=args.number(0),
        now=visit.now,
    )
    return await _after(visit, is_done=done)


async def _after(visit: Visit, *, is_done: bool) -> Screen:
    _ = visit.speech
    visit.counter.wake()
    words = _("Done.") if is_done else _("That was done already.")
    return (await stuck(visit, Args(()))).saying(words)
