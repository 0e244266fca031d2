"""The sandbox's payment page: plain HTML from this host, no script, nothing from elsewhere."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from payments.sandbox_acts import CHOICES, may_choose
from payments.sandbox_till import Act, Slip
from shop.ports import Happening, ProviderError
from shop.rules.money import Money

if TYPE_CHECKING:
    from starlette.requests import Request

    from payments.sandbox import Sandbox

_KINDS = {"card": "Card payment", "crypto": "Crypto payment"}
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_LONGEST_FORM = 200


def make_site(sandbox: "Sandbox") -> Starlette:
    """Serve the page of each payment at `/{reference}`: GET shows it, POST presses a button."""
    template = Template(Path(__file__).with_name("sandbox_page.html").read_text("utf-8"))

    async def show(request: "Request") -> Response:
        slip = await _slip(sandbox, request)
        if slip is None:
            return PlainTextResponse("There is no such payment.", 404)
        return HTMLResponse(
            template.substitute(_words(slip, kind=sandbox.kind, now=sandbox.now())),
            headers=_HEADERS,
        )

    async def press(request: "Request") -> Response:
        slip = await _slip(sandbox, request)
        if slip is None:
            return PlainTextResponse("There is no such payment.", 404)
        form = parse_qs((await _short_body(request)).decode("ascii", "replace"))
        await sandbox.press(slip.reference, form.get("choice", [""])[0])
        # Relative: the page works under whatever name and prefix the browser knows it by.
        return RedirectResponse(slip.reference, status_code=303)

    return Starlette(
        routes=[
            Route("/{reference}", show, methods=["GET"]),
            Route("/{reference}", press, methods=["POST"]),
        ]
    )


async def _slip(sandbox: "Sandbox", request: "Request") -> Slip | None:
    try:
        return await sandbox.find(request.path_params["reference"])
    except ProviderError:
        return None


async def _short_body(request: "Request") -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_FORM:
            return b""
    return body


def _words(slip: Slip, *, kind: str, now: datetime) -> dict[str, str]:
    tone, sentence = _outcome(slip, now)
    is_waiting = tone == "wait"
    back = _back(slip, is_plain=tone != "good")
    buttons = _buttons(slip, is_waiting=is_waiting)
    return {
        "refresh": '<meta http-equiv="refresh" content="2">' if is_waiting else "",
        "kind": _KINDS[kind],
        "title": escape(slip.title),
        "description": escape(slip.description),
        "amount": escape(str(slip.amount)),
        "until": _until(slip, now),
        "outcome": f'<p class="outcome {tone}" role="status">{sentence}</p>' if sentence else "",
        "actions": back + buttons if tone == "good" else buttons + back,
        "reference": escape(slip.reference),
    }


def _until(slip: Slip, now: datetime) -> str:
    moment = f"{slip.expires_at:%d %b %Y, %H:%M} UTC"
    return f"Payable until {moment}" if now < slip.expires_at else f"Expired on {moment}"


def _outcome(slip: Slip, now: datetime) -> tuple[str, str]:
    """Say in one sentence what happened last; the tone colours it."""
    known = slip.known(now)
    if not known:
        return "", ""
    last = known[-1]
    money = escape(str(Money(last.minor, slip.amount.currency)))
    if (found := _SENTENCES.get(last.happening)) is None:
        return "good", _paid(slip, [a for a in known if a.happening is last.happening])
    tone, sentence = found
    return tone, sentence.format(money=money)


_SENTENCES = {
    Happening.SEEN: ("wait", "{money} is on its way and waits for the network to confirm it."),
    Happening.FAILED: (
        "bad",
        "The payment was declined; nothing was taken. You can try again.",
    ),
    Happening.REFUNDED: ("bad", "{money} went back to you."),
    Happening.WARNED: ("bad", "Your bank suspects that {money} was paid with a stolen card."),
    Happening.DISPUTED: ("bad", "Your bank now disputes {money}."),
    Happening.DISPUTE_WON: ("good", "Your bank leaves {money} with the shop."),
    Happening.DISPUTE_LOST: ("bad", "Your bank took {money} back for you."),
}


def _paid(slip: Slip, receipts: Sequence[Act]) -> str:
    last = receipts[-1]
    money = escape(str(Money(last.minor, slip.amount.currency)))
    if len(receipts) > 1:
        return f"{money} was paid {len(receipts)} times over."
    if last.minor < slip.amount.minor:
        return f"Only {money} of {slip.amount} was paid."
    if last.minor > slip.amount.minor:
        return f"{money} was paid, more than the {slip.amount} asked for."
    if last.occurred_at > slip.expires_at:
        return f"{money} was paid, but too late."
    return f"{money} was paid."


def _back(slip: Slip, *, is_plain: bool) -> str:
    if urlsplit(slip.return_url).scheme not in {"http", "https", "tg"}:
        return ""  # a script in an address must not run
    style = "back plain" if is_plain else "back"
    return f'<a class="{style}" href="{escape(slip.return_url)}">Back to the chat</a>'


def _buttons(slip: Slip, *, is_waiting: bool) -> str:
    if is_waiting:
        return _form([("confirm", "Confirm it now")], main="confirm")
    offered = [(key, c.label) for key, c in CHOICES.items() if may_choose(c, slip)]
    heading = "<h2>What may still happen</h2>" if slip.receipts() else ""
    return heading + _form(offered, main="pay")


def _form(buttons: Sequence[tuple[str, str]], *, main: str) -> str:
    rows = "".join(
        f'<button name="choice" value="{key}"{_style(key, main)}>{escape(label)}</button>'
        for key, label in buttons
    )
    return f'<form method="post">{rows}</form>'


def _style(key: str, main: str) -> str:
    return ' class="main"' if key == main else ""
