"""Forwarded addresses are believed only from the owner's own proxies."""

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.listener import Listener, bind
from bot.settings import Settings, load_settings
from shop.core.errors import BadInputError

FORWARDED = {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https"}


async def seen_by(trusted: tuple[str, ...], headers: dict[str, str]) -> str:
    """Who calls, and how, as a door sees it."""

    async def say(request: Request) -> Response:
        assert request.client
        return PlainTextResponse(f"{request.client.host} {request.url.scheme}")

    sock = bind("127.0.0.1", 0)
    listener = Listener(Starlette(routes=[Route("/", say)]), sock, trusted_proxies=trusted)
    await listener.start()
    try:
        url = f"http://127.0.0.1:{sock.getsockname()[1]}/"
        async with httpx.AsyncClient(trust_env=False) as client:
            return (await client.get(url, headers=headers)).text
    finally:
        await listener.stop()
        sock.close()


@pytest.mark.parametrize(
    ("trusted", "seen"),
    [
        ((), "127.0.0.1 http"),
        (("10.0.0.0/8",), "127.0.0.1 http"),
        (("127.0.0.0/8",), "203.0.113.9 https"),
        (("10.0.0.0/8", "127.0.0.1/32"), "203.0.113.9 https"),
    ],
)
async def test_whom_a_door_takes_the_caller_for(
    trusted: tuple[str, ...], seen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")  # uvicorn's own switch must not open ours
    assert await seen_by(trusted, FORWARDED) == seen


async def test_what_a_caller_writes_before_the_proxy_adds_to_it_is_not_believed() -> None:
    lie = {"x-forwarded-for": "198.51.100.1, 203.0.113.9"}
    assert await seen_by(("127.0.0.0/8",), lie) == "203.0.113.9 http"


def test_the_setting_takes_addresses_and_networks() -> None:
    given = load_settings(trusted_proxies="10.1.2.3, 192.168.0.0/16,::1")
    assert given.trusted_proxies == ("10.1.2.3/32", "192.168.0.0/16", "::1/128")
    assert Settings.model_construct(secret_key=SecretStr("")).trusted_proxies == ()


@pytest.mark.parametrize("wrong", ["*", "proxy.example", "10.0.0.0/33", "10.0.0.1/8"])
def test_a_wrong_network_stops_the_start(wrong: str) -> None:
    with pytest.raises(BadInputError, match="TRUSTED_PROXIES: must be addresses or networks"):
        load_settings(trusted_proxies=wrong)
