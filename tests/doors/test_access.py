"""Where media servers ask: yes or no at once, by the time, and never an error."""

from base64 import b64encode
from urllib.parse import quote

import pytest

from handlers.http.payment_return import how_it_stands
from shop.access.by_staff import freeze, rotate
from shop.access.expiry import change_one
from shop.core.money import Money
from shop.orders.states import OrderState, PaymentState
from shop.ports import Credentials
from tests.doors.conftest import OpenDoors
from tests.fixtures.doors import Doors
from tests.fixtures.shop import STAFF

GRACE_DAYS = 3


@pytest.fixture
def token(doors: Doors) -> str:
    """The token of someone who has just paid for a month and got an account."""
    return token_of(doors)


def token_of(doors: Doors) -> str:
    doors.shop.connectors = doors.parts.connectors  # the shipped ones
    payment = doors.do(doors.shop.ask(doors.do(doors.shop.greet())))
    doors.do(doors.shop.pay(payment))
    doors.do(doors.shop.drain())
    return str(doors.tables.one("SELECT token FROM accounts"))


def credentials(doors: Doors) -> Credentials:
    from shop.access.credentials import decrypt

    return decrypt(
        bytes(doors.tables.one("SELECT encrypted FROM accounts")), doors.parts.encryption
    )


def left(doors: Doors) -> int:
    until = int(doors.tables.one("SELECT paid_until FROM subscriptions")) + GRACE_DAYS * 86_400
    return until - int(doors.clock.now().timestamp())


def basic(username: str, password: str) -> dict[str, str]:
    return {"authorization": "Basic " + b64encode(f"{username}:{password}".encode()).decode()}


@pytest.mark.parametrize("door", ["/access/nginx", "/access/flussonic"])
def test_who_has_paid_may_watch(doors: Doors, token: str, door: str) -> None:
    answer = doors.get(f"{door}?token={token}")
    assert answer.status_code == 200
    assert answer.headers["x-authduration"] == "180"
    assert answer.headers["x-userid"] == "1"
    assert answer.headers["x-max-sessions"] == "2"
    assert answer.headers["x-unique"] == "true"


def test_nginx_may_hand_on_the_address_it_was_asked_for(doors: Doors, token: str) -> None:
    headers = {"x-original-uri": f"/news/index.m3u8?a=1&token={quote(token)}"}
    assert doors.get("/access/nginx", headers=headers).status_code == 200
    headers = {"x-original-uri": "/news/index.m3u8"}
    assert doors.get("/access/nginx", headers=headers).status_code == 403


def test_username_and_password_open_the_door_too(doors: Doors, token: str) -> None:
    assert token
    made = credentials(doors)
    right = basic(made.username, made.password)
    assert doors.get("/access/nginx", headers=right).status_code == 200
    for wrong in (
        basic(made.username, "wrong"),
        basic("nobody", made.password),
        basic("", ""),
        basic(made.username, ""),
        {"authorization": "Basic !"},
        {"authorization": "Bearer x"},
        {},
    ):
        assert doors.get("/access/nginx", headers=wrong).status_code == 403


@pytest.mark.parametrize("door", ["/access/nginx", "/access/flussonic"])
def test_access_ends_in_the_second_in_which_the_time_ends(
    doors: Doors, token: str, door: str
) -> None:
    path = f"{door}?token={token}"
    doors.clock.move(seconds=left(doors) - 1)
    assert doors.get(path).headers["x-authduration"] == "1"
    doors.clock.move(seconds=1)
    assert doors.get(path).status_code == 403
    assert doors.get(f"/playlist/{token}.m3u8").status_code == 403


def test_a_yes_never_lasts_longer_than_the_access(doors: Doors, token: str) -> None:
    doors.clock.move(seconds=left(doors) - 200)
    for _ in range(199):
        doors.clock.move(seconds=1)
        answer = doors.get(f"/access/nginx?token={token}")
        assert 1 <= int(answer.headers["x-authduration"]) <= min(180, left(doors))


def test_whoever_was_suspended_or_has_ended_is_refused_without_an_error(
    doors: Doors, token: str
) -> None:
    for days in (40, 60):
        doors.clock.move(days=days)
        doors.do(doors.shop.run(change_one, 1, 1, now=doors.clock.now()))
        doors.do(doors.shop.drain())
        for path in ("/access/nginx", "/access/flussonic"):
            assert doors.get(f"{path}?token={token}").status_code == 403
        made = credentials(doors)
        answer = doors.get("/access/nginx", headers=basic(made.username, made.password))
        assert answer.status_code == 403


def test_a_hold_by_staff_is_felt_at_once(doors: Doors, token: str) -> None:
    path = f"/access/nginx?token={token}"
    doors.do(
        doors.shop.run(freeze, STAFF, subscription_id=1, is_frozen=True, now=doors.clock.now())
    )
    assert doors.get(path).status_code == 403
    doors.do(
        doors.shop.run(freeze, STAFF, subscription_id=1, is_frozen=False, now=doors.clock.now())
    )
    assert doors.get(path).status_code == 200


def test_rotated_credentials_replace_the_old_ones_everywhere(doors: Doors, token: str) -> None:
    old = credentials(doors)
    doors.do(doors.shop.run(rotate, STAFF, subscription_id=1, now=doors.clock.now()))
    doors.do(doors.shop.drain())
    new, new_token = credentials(doors), doors.tables.one("SELECT token FROM accounts")

    right = basic(new.username, new.password)
    assert doors.get("/access/nginx", headers=right).status_code == 200
    wrong = basic(old.username, old.password)
    assert doors.get("/access/nginx", headers=wrong).status_code == 403
    assert doors.get(f"/playlist/{new_token}.m3u8").status_code == 200
    assert doors.get(f"/playlist/{token}.m3u8").status_code == 403


def test_the_playlist_is_for_its_holder_only(doors: Doors, token: str) -> None:
    answer = doors.get(f"/playlist/{token}.m3u8")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/vnd.apple.mpegurl")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.startswith("#EXTM3U")
    assert doors.get("/playlist/another.m3u8").status_code == 403


def test_the_return_page_tells_the_truth(doors: Doors) -> None:
    payment = doors.do(doors.shop.ask(doors.do(doors.shop.greet())))
    path = f"/pay/return?reference={payment.reference}"
    waiting = doors.get(path)
    assert waiting.status_code == 200
    assert "Not confirmed yet" in waiting.text
    doors.do(doors.shop.pay(payment))
    assert "Payment received" in doors.get(path).text
    assert doors.get("/pay/return").status_code == 404


def test_the_return_page_promises_nothing_for_a_part_of_the_price(doors: Doors) -> None:
    payment = doors.do(doors.shop.ask(doors.do(doors.shop.greet())))
    short = doors.shop.received(payment, money=Money(300, payment.due.currency))
    doors.do(doors.shop.settle(short, provider=payment.provider))
    page = doors.get(f"/pay/return?reference={payment.reference}").text
    assert "The chat says how it goes on." in page
    assert "Everything you need" not in page


@pytest.mark.parametrize(
    ("payment", "order", "said"),
    [
        ("created", "open", "waiting"),
        ("seen", "open", "waiting"),
        ("unknown", "open", "waiting"),
        ("final", "paid", "paid"),
        ("final", "open", "arrived"),  # too little, another currency
        ("final", "expired", "arrived"),  # too late
        ("final", "in_review", "in_review"),
        ("failed", "open", "failed"),
        ("failed", "paid", "failed"),  # another payment paid it
        ("expired", "expired", "closed"),
        ("refunded", "refunded", "refunded"),
        ("disputed", "paid", "arrived"),
    ],
)
def test_what_the_return_page_says_of_each_state(payment: str, order: str, said: str) -> None:
    assert how_it_stands(PaymentState(payment), OrderState(order)) == said


USES = "SELECT door, address, times FROM account_uses ORDER BY door, address"


def test_uses_are_noted_now_and_then_with_the_viewers_address(open_doors: OpenDoors) -> None:
    doors = open_doors(trusted_proxies=("10.0.0.0/8", "127.0.0.1/32"))
    token = token_of(doors)
    for _ in range(5):
        doors.get(f"/access/flussonic?token={token}&ip=192.0.2.9")
    doors.get(f"/access/nginx?token={token}", headers={"x-real-ip": "2001:db8::7"})
    doors.clock.move(minutes=16)
    doors.get(f"/access/flussonic?token={token}&ip=192.0.2.9")
    assert doors.tables.rows(USES) == [
        ("flussonic", "192.0.2.9", 2),
        ("nginx", "2001:db8::7", 1),
    ]


@pytest.mark.parametrize("trusted", [(), ("10.0.0.0/8",)])
def test_only_the_owners_media_server_is_believed_about_the_viewers_address(
    open_doors: OpenDoors, trusted: tuple[str, ...]
) -> None:
    doors = open_doors(trusted_proxies=trusted)
    token = token_of(doors)
    lie = {"x-real-ip": "192.0.2.9", "x-forwarded-for": "192.0.2.9"}
    for path in (f"/access/nginx?token={token}", f"/playlist/{token}.m3u8"):
        assert doors.get(path, headers=lie).status_code == 200
    doors.get(f"/access/flussonic?token={token}&ip=192.0.2.9")
    assert {address for _door, address, _times in doors.tables.rows(USES)} == {"127.0.0.1"}


@pytest.mark.parametrize("address", ["", "<b>", "'; DROP TABLE", "1" * 500, "999.1.1.1"])
def test_what_is_no_address_is_not_noted(open_doors: OpenDoors, address: str) -> None:
    doors = open_doors(trusted_proxies=("127.0.0.1/32",))
    token = token_of(doors)
    answer = doors.get("/access/flussonic", params={"token": token, "ip": address})
    assert answer.status_code == 200
    assert all(row[1] == "127.0.0.1" for row in doors.tables.rows(USES))


def test_who_is_refused_leaves_no_trace(doors: Doors) -> None:
    doors.get("/access/nginx?token=nobody", headers={"x-real-ip": "192.0.2.9"})
    assert doors.tables.rows(USES) == []
