"""Failed jobs and inbox events: staff try them again or put them away."""

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


async def failed_jobs(visit: Visit, _args: Args) -> Screen:
    """Show the oldest few; more appear as these are dealt with."""
    _ = visit.speech
    effects, inbox_events = await visit.counter.storage.read(trouble)
    lately = (button(_("What providers sent lately"), "inbox"),)
    title = lines(
        bold(_("Failed jobs")),
        _("What the shop could not finish by itself: messages, accounts, providers’ events."),
    )
    if not effects and not inbox_events:
        return Screen(text=paragraphs(title, _("✅ No failed jobs.")), rows=(lately, back(_)))
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
        title,
        *(_effect(_, one) for one in effects),
        *(_inbox_event(_, one) for one in inbox_events),
    )
    return Screen(text=text, rows=(*in_rows(buttons, wide=2), lately, back(_)))


async def inbox(visit: Visit, _args: Args) -> Screen:
    """The latest provider events, handled or not; each can safely be read again."""
    _ = visit.speech
    found = await visit.counter.storage.read(latest_inbox_events)
    text = paragraphs(
        bold(_("What providers sent lately")), *(_inbox_event(_, one) for one in found)
    )
    again = [
        button(_("E{id}: try again", id=one.id), "event_retry", one.id)
        for one in found
        if one.body
    ]
    return Screen(text=text, rows=(*in_rows(again, wide=2), (button(_("← Back"), "failed_jobs"),)))


def _effect(_: Speech, one: QueuedEffect) -> Html:
    kind, what = job_name(_, one.kind), job_of(one)
    return lines(
        _("<b>J{id}</b> · {kind}: {what}", id=one.id, kind=kind, what=what),
        _("{date}: {error}", date=_.day(one.created_at), error=one.error[:_LONGEST]),
    )


def _inbox_event(_: Speech, one: InboxEvent) -> Html:
    states = {
        InboxState.STUCK: _("failed"),
        InboxState.UNKNOWN: _("order unknown"),
        InboxState.UNHANDLED: _("of a kind we do not act on"),
        InboxState.ELSEWHERE: _("of another business"),
        InboxState.DONE: _("handled"),
    }
    how = states.get(one.state, Html(one.state))
    return lines(
        _("<b>E{id}</b> · {provider}: {kind}", id=one.id, provider=one.provider, kind=one.kind),
        _("{date}: {error}", date=_.day(one.received_at), error=how),
        escape(one.note[:_LONGEST]),
    )


def _effect_buttons(_: Speech, one: QueuedEffect) -> tuple[InlineKeyboardButton, ...]:
    return (
        button(_("J{id}: try again", id=one.id), "job_retry", one.id),
        button(_("J{id}: put away", id=one.id), "job_dismiss", one.id),
    )


def _inbox_event_buttons(
    _: Speech, one: InboxEvent, *, is_claim: bool
) -> tuple[InlineKeyboardButton, ...]:
    away = button(_("E{id}: put away", id=one.id), "event_dismiss", one.id)
    if not one.body:
        return (away,)
    again = button(_("E{id}: try again", id=one.id), "event_retry", one.id)
    if not is_claim:
        return again, away
    return again, button(_("E{id}: believe it", id=one.id), "event_believe", one.id), away


async def retry_job(visit: Visit, args: Args) -> Screen:
    """Queue a failed effect again."""
    done = await visit.counter.storage.run(
        replay_effect,
        visit.customer.telegram_id,
        effect_id=args.number(0),
        now=visit.now,
    )
    return await _after(visit, is_done=done)


async def dismiss_job(visit: Visit, args: Args) -> Screen:
    """Put a failed effect away."""
    done = await visit.counter.storage.run(
        dismiss_effect,
        visit.customer.telegram_id,
        effect_id=args.number(0),
        now=visit.now,
    )
    return await _after(visit, is_done=done)


async def retry_event(visit: Visit, args: Args) -> Screen:
    """Handle a chat update again, or read a provider's event again."""
    done = await visit.counter.storage.run(
        replay_inbox_event,
        visit.customer.telegram_id,
        inbox_event_id=args.number(0),
        now=visit.now,
    )
    if done:
        return await _after(visit, is_done=True)
    return await _read_again(visit, args, is_believed=False)


async def believe_event(visit: Visit, args: Args) -> Screen:
    """Settle an event on staff's word that its money is there, after a confirming tap."""
    _ = visit.speech
    if args.choice(1):
        return await _read_again(visit, args, is_believed=True)
    ask = _(
        "Have you seen this money at the provider yourself? Then event E{id} is taken as true.",
        id=args.number(0),
    )
    return sure(visit, ask, "event_believe", args.number(0), back=("failed_jobs",))


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
    return (await failed_jobs(visit, Args(()))).saying(words[found])


async def dismiss_event(visit: Visit, args: Args) -> Screen:
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
    return (await failed_jobs(visit, Args(()))).saying(words)
