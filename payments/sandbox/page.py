"""The sandbox's payment page: plain HTML, no scripts, nothing loaded from elsewhere."""

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

from payments.sandbox.acts import CHOICES, may_choose
from payments.sandbox.till import Slip
from payments.sandbox.words import Words, frame, labels, outcome, until, words_in
from shop.ports import ProviderError

if TYPE_CHECKING:
    from starlette.requests import Request

    from payments.sandbox.provider import Sandbox


_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_LONGEST_FORM = 200


def make_site(sandbox: "Sandbox") -> Starlette:
    """Serve the page of each payment at `/{reference}`: GET shows it, POST presses a button."""
    template = Template(Path(__file__).with_name("page.html").read_text("utf-8"))

    async def show(request: "Request") -> Response:
        slip = await _slip(sandbox, request)
        if slip is None:
            return PlainTextResponse("There is no such payment.", 404)
        return HTMLResponse(
            template.substitute(_filled(slip, kind=sandbox.kind, now=sandbox.now())),
            headers=_HEADERS,
        )

    async def press(request: "Request") -> Response:
        slip = await _slip(sandbox, request)
        if slip is None:
            return PlainTextResponse("There is no such payment.", 404)
        form = parse_qs((await _short_body(request)).decode("ascii", "replace"))
        await sandbox.press(slip.reference, form.get("choice", [""])[0])
        # Relative, so that it works under any host name and prefix.
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


def _filled(slip: Slip, *, kind: str, now: datetime) -> dict[str, str]:
    _ = words_in(slip.language)
    tone, sentence = outcome(_, slip, now)
    is_waiting = tone == "wait"
    back = _back(_, slip, is_plain=tone != "good")
    buttons = _buttons(_, slip, is_waiting=is_waiting)
    return {
        **frame(_, kind=kind),
        "refresh": '<meta http-equiv="refresh" content="2">' if is_waiting else "",
        "title": escape(slip.title),
        "description": escape(slip.description),
        "amount": escape(_.money(slip.amount)),
        "until": until(_, slip, now),
        "outcome": f'<p class="outcome {tone}" role="status">{sentence}</p>' if sentence else "",
        "actions": back + buttons if tone == "good" else buttons + back,
        "reference": _("Payment number: {code}", code=slip.reference),
    }


def _back(_: Words, slip: Slip, *, is_plain: bool) -> str:
    if urlsplit(slip.return_url).scheme not in {"http", "https", "tg"}:
        return ""  # a script in an address must not run
    style = "back plain" if is_plain else "back"
    words = _("Back to the chat")
    return f'<a class="{style}" href="{escape(slip.return_url)}">{words}</a>'


def _buttons(_: Words, slip: Slip, *, is_waiting: bool) -> str:
    if is_waiting:
        return _form(_, ["confirm"], main="confirm")
    offered = [key for key, choice in CHOICES.items() if may_choose(choice, slip)]
    if not slip.receipts():
        return _form(_, offered, main="pay")
    further = _("What may still happen")
    return f"<h2>{further}</h2>{_form(_, offered, main='pay')}"


def _form(_: Words, choices: Sequence[str], *, main: str) -> str:
    said = labels(_)
    rows = "".join(
        f'<button name="choice" value="{key}"{_style(key, main)}>{said[key]}</button>'
        for key in choices
    )
    return f'<form method="post">{rows}</form>'


def _style(key: str, main: str) -> str:
    return ' class="main"' if key == main else ""
