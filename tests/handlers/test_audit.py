"""Whatever staff change from the chat stands in the audit: who, what, and to whom."""

from datetime import UTC, datetime
from typing import Any

from handlers.staff.desk.customers import act_line
from handlers.wording import speak
from preview.client import Chat
from shop.access.jobs import AccessKind
from shop.books.books import Books
from shop.checkout.acts import Grant
from shop.core.facts import write_facts
from shop.core.intervals import Interval, Unit
from shop.core.money import Money
from shop.intake.chat_updates import TELEGRAM
from shop.messaging.inbox_records import Inbox, InboxState
from shop.messaging.jobs import MessageKind
from shop.messaging.outbox import refuse
from shop.messaging.outbox_records import Effect, Outbox
from shop.refunds.acts import RefundPaid
from shop.staff.audit_records import Act, AuditLog
from tests.fixtures.chat import STAFF, House
from tests.handlers.test_staff import olga, subscribed

__all__ = ["olga"]
ANNA, YES = 1, "Yes, do it"
SUBSCRIPTION = {"subscription": 1}
ACTS: list[tuple[str, list[str], str, int | None, dict[str, Any]]] = [
    # what is written, what is tapped, what was done, to whom, and its facts
    (
        "/find anna",
        ["grant:1", "grant:1:solo", "grant:1:solo:7d", YES],
        "grant",
        ANNA,
        {"plan": "solo", "interval": {"count": 7, "unit": "d"}},
    ),
    (
        "/find anna",
        ["subscription:1", "extend:1:7", YES],
        "extend",
        ANNA,
        SUBSCRIPTION | {"days": 7},
    ),
    ("/extend 1 14", [YES], "extend", ANNA, SUBSCRIPTION | {"days": 14}),
    ("/find anna", ["subscription:1", "stop:1", YES], "suspend", ANNA, SUBSCRIPTION),
    ("/find anna", ["subscription:1", "resume:1", YES], "resume", ANNA, SUBSCRIPTION),
    ("/find anna", ["subscription:1", "Send access again"], "resend", ANNA, SUBSCRIPTION),
    ("/find anna", ["subscription:1", "rotate:1", YES], "rotate", ANNA, SUBSCRIPTION),
    (
        "/admin",
        ["failed_jobs", "job_retry:{account}"],
        "replay_effect",
        ANNA,
        {"effect": "{account}"},
    ),
    (
        "/admin",
        ["failed_jobs", "job_dismiss:{message}"],
        "dismiss_effect",
        ANNA,
        {"effect": "{message}"},
    ),
    (
        "/admin",
        ["failed_jobs", "event_retry:{update}"],
        "replay_inbox_event",
        ANNA,
        {"inbox_event": "{update}"},
    ),
    (
        "/admin",
        ["failed_jobs", "event_dismiss:{webhook}"],
        "dismiss_inbox_event",
        None,
        {"inbox_event": "{webhook}"},
    ),
]


def get_stuck(books: Books, *, now: datetime) -> dict[str, int]:
    """Two effects given up and two inbox events that failed, by what they are."""
    effects = {
        "account": Effect(
            kind=AccessKind.PROVISION,
            lane="account:1",
            key="a",
            payload={"subscription_id": 1, "verb": "change"},
        ),
        "message": Effect(
            kind=MessageKind.CHAT,
            lane="chat:1001",
            key="m",
            payload={"to": 1001, "notice": "frozen", "plan": "solo"},
        ),
    }
    books[Outbox].add(list(effects.values()), now=now)
    numbers: dict[str, int] = {}
    for one in books[Outbox].claim(now=now, lease=now, most=9):
        refuse(books, one, reason="in vain", is_dead=True, now=now)
        numbers |= {name: one.id for name, effect in effects.items() if effect.key == one.key}
    for name, provider, chat in (("update", TELEGRAM, 1001), ("webhook", "stripe", None)):
        number = books[Inbox].keep(
            provider,
            name,
            kind="message",
            headers={},
            body=b"{}",
            now=now,
            state=InboxState.STUCK,
            chat_id=chat,
        )
        assert number is not None
        numbers[name] = number
    return numbers


async def test_every_act_of_staff_leaves_its_row(house: House, anna: Chat, olga: Chat) -> None:
    await subscribed(house, anna)
    numbers = await house.storage.run(get_stuck, now=house.clock.now())
    known: list[Act] = []
    for words, taps, act, whom, facts in ACTS:
        house.clock.move(seconds=1)  # a tap is known by its second
        await olga.send(words)
        await olga.wait_for()
        for tap in taps:
            await olga.press(tap.format(**numbers))
        acts = await house.storage.read(lambda books: books[AuditLog].latest_acts(most=99))
        done = {key: numbers.get(str(fact).strip("{}"), fact) for key, fact in facts.items()}
        wanted = Act(
            staff_id=STAFF, act=act, customer_id=whom, facts=done, acted_at=house.clock.now()
        )
        assert acts == [wanted, *known], f"{words} {taps}"
        known = acts

    await olga.send("/find anna")
    story = await olga.wait_for("What staff did")
    assert "replay_effect" in story["text"], "and is read in the customer's story"


def test_money_and_time_of_an_act_are_read_as_people_say_them() -> None:
    acts = [
        Grant(plan="solo", interval=Interval(count=7, unit=Unit.DAY)),
        RefundPaid(refund=3, money=Money(799, "EUR")),
    ]
    told = [
        act_line(
            speak("en"),
            Act(
                staff_id=STAFF,
                act=act.kind,
                customer_id=ANNA,
                facts=write_facts(act),
                acted_at=datetime(2026, 3, 1, tzinfo=UTC),
            ),
            "Olga",
        )
        for act in acts
    ]
    assert told == [
        "Mar 1 grant (plan solo, interval 7 days) by Olga",
        "Mar 1 refund_paid (refund 3, money €7.99) by Olga",
    ]


async def test_who_only_looks_or_says_no_leaves_none(house: House, anna: Chat, olga: Chat) -> None:
    await subscribed(house, anna)
    for words, taps in [
        ("/admin", ["failed_jobs"]),
        ("/find anna", ["subscription:1", "stop:1", "No"]),
    ]:
        await olga.send(words)
        await olga.wait_for()
        for tap in taps:
            await olga.press(tap)
    assert await house.storage.read(lambda books: books[AuditLog].latest_acts(most=9)) == []
