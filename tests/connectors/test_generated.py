import asyncio
import re

from hypothesis import given
from hypothesis import strategies as st

from connectors.generated import GeneratedConnector
from shop.ports import AccountOrder

CONNECTOR = GeneratedConnector(playlist_url="https://shop.example/playlist/{token}.m3u8")


def order(token: str) -> AccountOrder:
    return AccountOrder(subscription_id=1, plan="solo", screens=1, token=token)


async def made(token: str) -> tuple[str, str]:
    account = await CONNECTOR.create(order(token))
    assert account.credentials is not None
    return account.credentials.username, account.credentials.password


@given(st.text(min_size=1))
def test_names_and_passwords_can_be_said_and_typed_on_a_remote(token: str) -> None:
    name, password = asyncio.run(made(token))
    speakable = "(?:[cdfhjkmnprtwx][aeu]){%d}[2-9]{%d}"
    assert re.fullmatch(speakable % (4, 2), name)
    assert re.fullmatch(speakable % (5, 4), password)


async def test_nothing_in_them_looks_like_something_else() -> None:
    inbox_events = {
        inbox_event for i in range(500) for inbox_event in "".join(await made(f"token {i}"))
    }
    for alike in ("l1i", "o0", "s5", "z2", "b68", "g9q", "vu"):
        assert len(inbox_events & set(alike)) <= 1 or inbox_events & set(alike) <= set("23456789")


async def test_they_do_not_repeat() -> None:
    assert len({(await made(f"token {i}"))[1] for i in range(2_000)}) == 2_000


async def test_the_address_holds_the_accounts_secret() -> None:
    account = await CONNECTOR.create(order("a/b"))
    assert account.credentials is not None
    assert account.credentials.url == "https://shop.example/playlist/a%2Fb.m3u8"


async def test_without_a_secret_they_are_rolled_afresh() -> None:
    assert await made("") != await made("")


async def test_new_credentials_keep_the_name_and_follow_the_new_secret() -> None:
    before = await CONNECTOR.create(order("old"))
    new = AccountOrder(
        subscription_id=1,
        plan="solo",
        screens=1,
        token="new",
        external_id=before.external_id,
        credentials=before.credentials,
    )
    after = await CONNECTOR.rotate(new)
    assert before.credentials
    assert after.credentials
    assert after.external_id == after.credentials.username == before.credentials.username
    assert after.credentials.url.endswith("/new.m3u8")
