"""Where media servers ask about access: an expired customer gets 403, never 500."""

import base64
import binascii
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from handlers.counter import Counter
from handlers.http.account_uses import AccountUses
from handlers.http.playlist import playlist
from handlers.http.webhooks import Endpoint
from shop.access.may import Access, may, may_sign_in
from shop.catalog.offers import shopfront
from shop.core.errors import BadInputError, BooksUnavailableError

_MOST_SECONDS = 180  # how long a media server may rely on a yes
_TOKEN_LENGTH = 64


def nginx_door(counter: Counter) -> Endpoint:
    """Behind `GET /access/nginx`, nginx's auth_request (https://nginx.org/r/auth_request).

    Takes the token from this request's query or from that of `X-Original-URI`; without a
    token, HTTP Basic credentials.
    """
    account_uses = AccountUses(counter)

    async def answer(request: Request) -> Response:
        if token := request.query_params.get("token") or _original_token(request):
            return await _answer(counter, request, token, account_uses, door="nginx")
        username, password = _basic(request)
        if not username:
            return Response(status_code=403)
        try:
            access = await counter.storage.read(
                may_sign_in,
                username,
                password,
                connector=counter.sign_in_connector,
                encryption=counter.encryption,
                now=counter.clock.now(),
            )
        except BooksUnavailableError:
            return Response(status_code=503)
        except BadInputError:
            return Response(status_code=403)
        return _say(counter, request, access, account_uses, door="nginx")

    return answer


def flussonic_door(counter: Counter) -> Endpoint:
    """Behind `GET /access/flussonic` (https://flussonic.com/doc/authorization/)."""
    account_uses = AccountUses(counter)

    async def answer(request: Request) -> Response:
        token = request.query_params.get("token", "")
        return await _answer(counter, request, token, account_uses, door="flussonic")

    return answer


def playlist_door(counter: Counter) -> Endpoint:
    """Behind `GET /playlist/{token}.m3u8`."""
    account_uses = AccountUses(counter)

    async def answer(request: Request) -> Response:
        token = request.path_params["token"]
        try:
            access = await counter.storage.read(
                may, token[:_TOKEN_LENGTH], now=counter.clock.now()
            )
            if access is None:
                return Response(status_code=403)
            front = await counter.storage.read(shopfront)
        except BooksUnavailableError:
            return Response(status_code=503)
        except BadInputError:
            return Response(status_code=403)
        text = playlist(front, access.product.slug, token=token)
        return Response(
            text,
            media_type="application/vnd.apple.mpegurl",
            headers={"Cache-Control": "no-store"},
            background=account_uses.after(
                request, subscription_id=access.subscription_id, door="playlist"
            ),
        )

    return answer


async def _answer(
    counter: Counter, request: Request, token: str, account_uses: AccountUses, *, door: str
) -> Response:
    try:
        access = await counter.storage.read(may, token[:_TOKEN_LENGTH], now=counter.clock.now())
    except BooksUnavailableError:
        return Response(status_code=503)
    except BadInputError:
        return Response(status_code=403)
    return _say(counter, request, access, account_uses, door=door)


def _say(
    counter: Counter,
    request: Request,
    access: Access | None,
    account_uses: AccountUses,
    *,
    door: str,
) -> Response:
    if access is None:
        return Response(status_code=403)
    left = int((access.until - counter.clock.now()).total_seconds())
    return Response(
        status_code=200,
        headers={
            "X-AuthDuration": str(max(1, min(_MOST_SECONDS, left))),
            "X-UserId": str(access.subscription_id),
            "X-Max-Sessions": str(access.product.screens),
            "X-Unique": "true",
        },
        background=account_uses.after(request, subscription_id=access.subscription_id, door=door),
    )


def _original_token(request: Request) -> str:
    original = request.headers.get("x-original-uri", "")
    try:
        query = urlsplit(original).query
    except ValueError:
        return ""
    return parse_qs(query).get("token", [""])[0]


def _basic(request: Request) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        username, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return username, password
