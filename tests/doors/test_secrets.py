"""Law 13: planted secrets come out nowhere; for the logs see tests/fixtures/process.py."""

import json

import pytest

from shop.ports import Account, AccountOrder, Credentials
from tests.doors.senders import SENDERS
from tests.fixtures.doors import SECRETS, Doors
from tests.fixtures.service import Service
from tests.fixtures.shop import STAFF

PLANTED = Credentials(
    username="planted-username", password="planted-password", url="https://planted-url.example"
)


class Talkative(Service):
    """A connector whose account has credentials one would recognise anywhere."""

    async def create(self, order: AccountOrder) -> Account:
        await super().create(order)
        return Account(external_id="planted-id", credentials=PLANTED)


def test_secrets_come_out_in_no_answer_metric_or_row(
    doors: Doors, capfd: pytest.CaptureFixture[str]
) -> None:
    doors.shop.services["generated"] = Talkative("generated")
    anna = doors.do(doors.shop.greet())
    doors.do(doors.shop.pay(doors.do(doors.shop.ask(anna))))
    doors.do(doors.shop.drain())
    from shop.access.by_staff import resend, rotate
    from shop.checkout.grants import extend

    now = doors.clock.now()
    doors.do(doors.shop.run(resend, STAFF, subscription_id=1, now=now))
    doors.do(doors.shop.run(extend, STAFF, subscription_id=1, days=3, now=now))
    doors.do(doors.shop.run(rotate, STAFF, subscription_id=1, now=now))
    said = []
    for sender in SENDERS.values():
        for body in (b"{}", b"[", json.dumps({"id": "1", "type": "odd"}).encode()):
            for headers in (sender.sign(body, now), {sender.header: "t=1,v1=00"}):
                answer = doors.post(f"/webhooks/{sender.name}", content=body, headers=headers)
                said.append(answer.text)
    said.append(doors.post("/telegram", content=b"{}").text)
    said += [doors.get(path).text for path in ("/metrics", "/readyz", "/pay/return?reference=x")]
    written = capfd.readouterr()
    rows = {name: rows for name, rows in doors.tables.dump().items() if name != "accounts"}
    everything = [*said, written.out, written.err, repr(rows), repr(doors.parts.settings)]
    for secret in (*SECRETS.values(), PLANTED.password, PLANTED.username, PLANTED.url):
        assert not [text for text in everything if secret in text], secret
    accounts = repr(doors.tables.rows("SELECT * FROM accounts"))
    assert PLANTED.password not in accounts
