"""The control API for tests and the page: /_preview/… in JSON. Telegram has no such thing."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.responses import JSONResponse
from starlette.routing import Route

from preview import checkout, hands, timetravel, views
from preview.config import PersonConfig
from preview.errors import BadRequestError, BotApiError, refuse
from preview.faults import Fault
from preview.ledger import SubscriptionState
from preview.parameters import Parameters, read_parameters

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from preview.chats import Chat, Kept
    from preview.invoices import Invoice
    from preview.telegram import Telegram

__all__ = ["Control"]

LONGEST_WAIT = 60.0
Work = Callable[[Parameters], Awaitable[Any]]


class Control:
    """Lets a test or the page act as a person or as Telegram, or cause faults."""

    def __init__(self, telegram: Telegram) -> None:
        """Serve this state."""
        self.telegram = telegram

    def routes(self) -> list[Route]:
        """Give the routes under /_preview."""
        reads: dict[str, Work] = {
            "/people": self.people,
            "/chats/{person}": self.chat,
            "/chats/{person}/wait": self.wait,
            "/calls": self.calls,
            "/state": self.state,
            "/invoice": self.invoice,
        }
        acts: dict[str, Work] = {
            "/people": self.add_person,
            "/send": self.send,
            "/contact": self.contact,
            "/press": self.press,
            "/pay": self.pay,
            "/block": self.block,
            "/unblock": self.unblock,
            "/clock": self.clock,
            "/faults": self.fault,
            "/refund": self.refund,
            "/star-subscription": self.star_subscription,
            "/deliver-again": self.deliver_again,
            "/reset": self.reset,
        }
        routes = [Route(path, _door(work), methods=["GET"]) for path, work in reads.items()]
        return routes + [Route(path, _door(work), methods=["POST"]) for path, work in acts.items()]

    async def people(self, call: Parameters) -> list[dict[str, Any]]:
        """List everyone."""
        del call
        return [views.person(self.telegram, chat) for chat in self.telegram.chats.values()]

    async def add_person(self, call: Parameters) -> dict[str, Any]:
        """Add a person: {"id","name","language"}."""
        config = PersonConfig(
            id=call.integer("id"),
            name=call.required("name"),
            language=call.text("language", "en"),
            role=call.text("role"),
        )
        if config.id <= 0:
            refuse("a person needs a positive id")
        person = self.telegram.add_person(config)
        return views.person(self.telegram, self.telegram.chats[person.id])

    async def send(self, call: Parameters) -> dict[str, Any]:
        """Write as a person: {"person","text"}, or a multipart photo or document."""
        chat = self._chat(call)
        reply_to, caption = call.integer("reply_to"), call.text("caption") or call.text("text")
        for name in ("photo", "document"):
            upload = call.upload(name)
            if upload is not None:
                file = self.telegram.files.keep(upload, folder=f"{name}s")
                message, update = hands.send_file(
                    self.telegram,
                    chat,
                    file,
                    photo=name == "photo",
                    caption=caption,
                    reply_to=reply_to,
                )
                return {"message": message, "update_id": update}
        message, update = hands.send_text(
            self.telegram, chat, call.text("text"), reply_to=reply_to
        )
        return {"message": message, "update_id": update}

    async def contact(self, call: Parameters) -> dict[str, Any]:
        """Share a person's number: {"person","phone"}."""
        phone = call.text("phone", "+10000000000")
        message, update = hands.send_contact(self.telegram, self._chat(call), phone)
        return {"message": message, "update_id": update}

    async def press(self, call: Parameters) -> dict[str, Any]:
        """Press a button: {"person","message_id","button","wait"}."""
        pressed = await hands.press(
            self.telegram,
            self._chat(call),
            button=call.required("button"),
            message_id=call.integer("message_id"),
            wait=min(_number(call, "wait", 5.0), LONGEST_WAIT),
        )
        return pressed.shown()

    async def pay(self, call: Parameters) -> dict[str, Any]:
        """Pay or decline: {"person","message_id" or "link","outcome"}."""
        chat = self._chat(call)
        message_id = call.integer("message_id")
        try:
            invoice = self._find_invoice(call, chat)
        except BadRequestError as refusal:
            error = str(refusal).removeprefix(refusal.prefix)
            return asdict(checkout.Outcome(paid=False, error=error))
        decline = call.text("outcome", "ok") == "decline"
        outcome = await checkout.pay(
            self.telegram, chat, invoice, message_id=message_id, decline=decline
        )
        return asdict(outcome)

    async def invoice(self, call: Parameters) -> dict[str, Any]:
        """Show an invoice before it is paid."""
        chat = self._chat(call)
        return views.invoice(self._find_invoice(call, chat), person=chat.person)

    async def block(self, call: Parameters) -> dict[str, Any]:
        """Block the bot as {"person"}."""
        hands.block(self.telegram, self._chat(call))
        return {"blocked": True}

    async def unblock(self, call: Parameters) -> dict[str, Any]:
        """Unblock the bot as {"person"}."""
        hands.unblock(self.telegram, self._chat(call))
        return {"blocked": False}

    async def clock(self, call: Parameters) -> dict[str, Any]:
        """Skip {"seconds"}; answers {"now","error"}."""
        arrival = await timetravel.skip(self.telegram, seconds=_number(call, "seconds", 0.0))
        return {"now": arrival.now.isoformat(), "error": arrival.error}

    async def chat(self, call: Parameters) -> dict[str, Any]:
        """Give a whole chat."""
        return views.chat(self.telegram, self._chat(call))

    async def wait(self, call: Parameters) -> dict[str, Any]:
        """Wait for a message, new or edited after `after`, that `contains` a text."""
        chat, after = self._chat(call), call.integer("after")
        wanted = call.text("contains")
        deadline = time.monotonic() + min(_number(call, "timeout", 5.0), LONGEST_WAIT)
        while True:
            found = [one for one in chat.messages.values() if self._tells(one, wanted, after)]
            left = deadline - time.monotonic()
            if found or left <= 0:
                newest = max(found, key=lambda one: one.seq, default=None)
                shown = newest.shown() if newest else None
                return {"message": shown, "seq": self.telegram.feed.seq}
            await self.telegram.feed.wait(timeout=left)

    async def calls(self, call: Parameters) -> list[dict[str, Any]]:
        """Give the log of the bot's calls, filtered by `method` and `person`."""
        method, person = call.text("method").lower(), call.text("person")
        return [
            asdict(one)
            for one in self.telegram.calls
            if method in {"", one.method.lower()}
            and person in {"", str(one.params.get("chat_id", one.params.get("user_id")))}
        ]

    async def state(self, call: Parameters) -> dict[str, Any]:
        """Give what the page needs to draw itself."""
        del call
        return views.state(self.telegram)

    async def fault(self, call: Parameters) -> dict[str, Any]:
        """Plan a fault; without a method, remove all planned faults."""
        if not call.has("method"):
            self.telegram.faults.planned.clear()
            return {"planned": 0}
        status = call.text("status", "500")
        if not status.isdecimal() and status not in {"drop", "lost", "slow"}:
            refuse('a fault\'s status is an HTTP code, "drop", "lost" or "slow"')
        fault = Fault(
            method=call.text("method"),
            status=int(status) if status.isdecimal() else status,
            times=call.integer("times", 1),
            retry_after=call.integer("retry_after", 1),
            seconds=_number(call, "seconds", 1.0),
            person=call.integer("person") or None,
            description=call.text("description"),
        )
        self.telegram.faults.planned.append(fault)
        return {"planned": sum(one.times > 0 for one in self.telegram.faults.planned)}

    async def refund(self, call: Parameters) -> dict[str, Any]:
        """Refund Stars as Telegram's support would."""
        chat = self._chat(call)
        charge_id = call.required("charge_id")
        checkout.refund(self.telegram, person_id=chat.person.id, charge_id=charge_id)
        return {"refunded": True}

    async def star_subscription(self, call: Parameters) -> dict[str, Any]:
        """Cancel, re-enable or fail a Star subscription as the person."""
        chat = self._chat(call)
        charge_id = call.required("charge_id")
        found = self.telegram.ledger.subscription(charge_id, person_id=chat.person.id)
        try:
            state = SubscriptionState(call.required("state"))
        except ValueError as wrong:
            msg = 'the state is "canceled", "active" or "failed"'
            raise BadRequestError(msg) from wrong
        if state is SubscriptionState.ACTIVE and found.canceled_by_bot:
            refuse("the bot stopped this subscription and has not let it go on")
        checkout.change_subscription(self.telegram, found, state=state)
        return found.shown()

    async def deliver_again(self, call: Parameters) -> dict[str, Any]:
        """Deliver an update twice, as Telegram may."""
        if not self.telegram.updates.again(call.integer("update_id")):
            refuse("no such update")
        return {"delivered": True}

    async def reset(self, call: Parameters) -> dict[str, Any]:
        """Reset everything but the configured people and the webhook."""
        del call
        self.telegram.forget()
        return {"reset": True}

    def _chat(self, call: Parameters) -> Chat:
        chat = self.telegram.chats.get(call.integer("person"))
        if chat is None:
            refuse(f"nobody here has the id {call.text('person')!r}")
        return chat

    def _find_invoice(self, call: Parameters, chat: Chat) -> Invoice:
        return checkout.find_invoice(
            self.telegram,
            person_id=chat.person.id,
            message_id=call.integer("message_id"),
            link=call.text("link"),
        )

    def _tells(self, kept: Kept, wanted: str, after: int) -> bool:
        bot_spoke = kept.data["from"]["id"] == self.telegram.config.bot_id
        spoke = bot_spoke or "text" not in kept.data
        new = kept.seq > after and not kept.deleted
        return new and spoke and (not wanted or kept.holds(wanted))


def _number(call: Parameters, name: str, default: float) -> float:
    try:
        return float(call.text(name) or default)
    except ValueError as wrong:
        msg = f"{name} is a number"
        raise BadRequestError(msg) from wrong


def _door(work: Work) -> Callable[[Request], Awaitable[Response]]:
    """Read the request, refuse foreign web pages, and answer in JSON."""

    @wraps(work)
    async def answer(request: Request) -> Response:
        origin = request.headers.get("origin", "")
        if origin and urlsplit(origin).netloc != request.headers.get("host"):
            return JSONResponse({"error": "Another web page may not act here."}, status_code=403)
        try:
            call = read_parameters(
                query=request.url.query,
                content_type=request.headers.get("content-type", ""),
                body=await request.body(),
            )
            call.values.update(request.path_params)
            return JSONResponse(await work(call))
        except BotApiError as refusal:
            text = str(refusal).removeprefix(refusal.prefix)
            return JSONResponse({"error": text}, status_code=refusal.code)

    return answer
