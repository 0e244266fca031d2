"""A client for tests: acts as a person through the stand-in's control API."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import Any, Self

import httpx

__all__ = ["Chat", "Message", "Pressed", "Preview", "PreviewError"]

Message = dict[str, Any]
PATIENCE = 70.0
# The server drops idle connections after five seconds; a call at that moment would be lost.
_KEPT_SHORT = httpx.Limits(keepalive_expiry=2.0)
# The stand-in speaks plain HTTP; loading certificates would cost 0.1 s per client.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class PreviewError(AssertionError):
    """The stand-in refused, or what a test waited for did not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """The result of pressing a button; `answered` is False when the bot stayed silent."""

    answered: bool
    toast: str | None
    alert: bool
    url: str | None
    copied: str | None
    pay: bool
    sent: str | None
    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """How a payment ended."""

    paid: bool
    error: str | None
    charge_id: str | None


class Preview:
    """The stand-in as a whole. Use it with `async with`, or close it."""

    def __init__(self, address: str, *, client: httpx.AsyncClient | None = None) -> None:
        """Talk to the stand-in at this address, such as http://127.0.0.1:8081."""
        self._client = client or httpx.AsyncClient(
            base_url=address,
            timeout=PATIENCE,
            trust_env=False,
            verify=NO_CERTIFICATES,
            limits=_KEPT_SHORT,
        )

    async def __aenter__(self) -> Self:
        """Give the stand-in."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connections."""
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def chat(self, person: int) -> Chat:
        """Act as one of the people who already exist."""
        return Chat(self, person)

    async def join(self, person: int, *, name: str, language: str = "en") -> Chat:
        """Add a new person, and act as them."""
        await self.post("people", id=person, name=name, language=language)
        return Chat(self, person)

    async def skip(self, *, seconds: float) -> str:
        """Move time ahead; returns the new time, or fails with the stand-in's sentence."""
        moved = await self.post("clock", seconds=seconds)
        if moved["error"]:
            raise PreviewError(moved["error"])
        return str(moved["now"])

    async def calls(self, method: str = "", *, person: int | None = None) -> list[dict[str, Any]]:
        """Return the bot's calls: method, params, answer, at."""
        query = {"method": method} | ({"person": str(person)} if person else {})
        found: list[dict[str, Any]] = await self.get("calls", **query)
        return found

    async def fault(self, method: str, *, status: int | str, **details: Any) -> None:  # noqa: ANN401 - JSON
        """Plan a fault: an HTTP code, "drop", "lost" or "slow"; also times, seconds, person."""
        await self.post("faults", method=method, status=str(status), **details)

    async def deliver_again(self, update_id: int) -> None:
        """Deliver an update twice."""
        await self.post("deliver-again", update_id=update_id)

    async def reset(self) -> None:
        """Begin again."""
        await self.post("reset")

    async def get(self, path: str, **query: str) -> Any:  # noqa: ANN401 - JSON of any shape
        """Read from the control API."""
        return _checked(await self._client.get(f"/_preview/{path}", params=query))

    async def post(self, path: str, **body: Any) -> Any:  # noqa: ANN401 - JSON of any shape
        """Act through the control API."""
        return _checked(await self._client.post(f"/_preview/{path}", json=body))

    async def upload(
        self, person: int, *, kind: str, name: str, content: bytes, caption: str = ""
    ) -> Message:
        """Send a file as a person; `kind` is photo or document."""
        data = {"person": str(person), "caption": caption}
        answer = await self._client.post(
            "/_preview/send", data=data, files={kind: (name, content)}
        )
        return dict(_checked(answer)["message"])


class Chat:
    """One person's chat. `wait_for` considers what changed since the last action."""

    def __init__(self, preview: Preview, person: int) -> None:
        """Act as this person."""
        self.preview = preview
        self.person = person
        self.seen = 0

    async def send(self, text: str, *, reply_to: int | None = None) -> Message:
        """Write to the bot."""
        await self._look()
        body = {"text": text} | ({"reply_to": reply_to} if reply_to else {})
        return dict((await self.preview.post("send", person=self.person, **body))["message"])

    async def send_photo(self, content: bytes, *, name: str = "photo.png") -> Message:
        """Send a picture."""
        await self._look()
        person = self.person
        return await self.preview.upload(person, kind="photo", name=name, content=content)

    async def send_document(self, content: bytes, *, name: str, caption: str = "") -> Message:
        """Send a file."""
        await self._look()
        return await self.preview.upload(
            self.person, kind="document", name=name, content=content, caption=caption
        )

    async def press(
        self, button: str, *, message_id: int | None = None, wait: float = 5.0
    ) -> Pressed:
        """Press a button by label or callback data, on the newest message that has it."""
        await self._look()
        where = {"message_id": message_id} if message_id else {}
        body = {"person": self.person, "button": button, "wait": wait, **where}
        return Pressed(**await self.preview.post("press", **body))

    async def pay(
        self, *, message_id: int | None = None, link: str = "", decline: bool = False
    ) -> Payment:
        """Pay an invoice: by link, by message, or else the newest one in the chat."""
        await self._look()
        if not link and message_id is None:
            message_id = await self._newest_invoice()
        outcome = "decline" if decline else "ok"
        where = {"link": link} if link else {"message_id": message_id}
        answer = await self.preview.post("pay", person=self.person, outcome=outcome, **where)
        return Payment(**answer)

    async def block(self) -> None:
        """Block the bot."""
        await self._look()
        await self.preview.post("block", person=self.person)

    async def unblock(self) -> None:
        """Unblock the bot."""
        await self._look()
        await self.preview.post("unblock", person=self.person)

    async def change_subscription(self, charge_id: str, *, state: str) -> None:
        """Cancel ("canceled"), resume ("active") or fail a Star subscription."""
        await self._look()
        body = {"person": self.person, "charge_id": charge_id, "state": state}
        await self.preview.post("star-subscription", **body)

    async def messages(self) -> list[Message]:
        """Give every message that was not deleted."""
        whole = await self.preview.get(f"chats/{self.person}")
        return [one for one in whole["messages"] if not one["deleted"]]

    async def last(self) -> Message:
        """Give the newest message."""
        messages = await self.messages()
        if not messages:
            msg = f"The chat of {self.person} is empty."
            raise PreviewError(msg)
        return messages[-1]

    async def wait_for(self, text: str = "", *, timeout: float = 5.0) -> Message:  # noqa: ASYNC109 - a bound
        """Wait for a message of the bot with this text, new or edited since the last action."""
        query = {"after": str(self.seen), "contains": text, "timeout": str(timeout)}
        found = await self.preview.get(f"chats/{self.person}/wait", **query)
        if found["message"] is None:
            said = [text_of(one) for one in (await self.messages())[-4:]]
            msg = f"No message with {text!r} came in {timeout} s; the chat ends with {said}."
            raise PreviewError(msg)
        return dict(found["message"])

    def buttons(self, message: Message) -> list[str]:
        """Give the labels under a message, or of the keyboard it brought."""
        inline = message.get("reply_markup", {}).get("inline_keyboard", [])
        rows = inline or message.get("reply_keyboard", {}).get("keyboard", [])
        return [button["text"] for row in rows for button in row]

    async def _look(self) -> None:
        self.seen = int((await self.preview.get("state"))["seq"])

    async def _newest_invoice(self) -> int:
        for message in reversed(await self.messages()):
            if "invoice" in message:
                return int(message["message_id"])
        msg = "There is no invoice in this chat."
        raise PreviewError(msg)


def text_of(message: Message) -> str:
    """Return a message's text, or its caption when it has no text."""
    return str(message.get("text") or message.get("caption") or "")


def _checked(answer: httpx.Response) -> Any:  # noqa: ANN401 - JSON of any shape
    body = answer.json()
    if answer.is_error:
        raise PreviewError(body.get("error", answer.reason_phrase))
    return body
