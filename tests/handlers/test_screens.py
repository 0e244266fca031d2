"""Every screen and every notice, in every language, with the longest names an owner may choose."""

import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from telegram import InlineKeyboardButton
from telegram.error import TelegramError

import locales
from handlers.customer import notices as to_customer
from handlers.customer.routes import SCREENS
from handlers.profile import commands, staff_commands
from handlers.screens import Args, Screen
from handlers.staff import notices as to_staff
from handlers.staff.intake.bank_transfers import proof_screen
from handlers.staff.refunds.disputes import dispute_told
from handlers.staff.routes import SCREENS as STAFF_SCREENS
from handlers.visit import Visit, visit_to
from handlers.wording import speak
from preview.client import Chat
from shop.checkout.payment import Choice, begin_payment
from shop.core.money import Money
from shop.customers.people import known
from shop.intake.notices import ProofSent
from shop.intake.proof_records import File
from shop.intake.transfer_proofs import case_of, refuse, take_proof
from shop.intake.transfers import FileKind
from shop.messaging.kinds import Notice
from shop.messaging.notices import CustomerNotice, StaffNotice
from shop.messaging.notices import Notice as Facts
from shop.ports import Happening
from shop.refunds.notices import DisputeOpened
from shop.refunds.records import RefundRoute
from shop.refunds.refund import RefundWish, begin_refund
from tests.fixtures.chat import SAMPLE, STAFF, House, open_house
from tests.handlers.money_notices import money_notices

LONG = "abcdefghijklmnopqrstuvwx"
NUMBER = "999999999999"
# Names, letters and a file's columns: the same in every language.
UNTRANSLATED = {f"{LONG} – <b>So & lo</i>", "username,password,url,note"} | {
    f"L{n} · sandbox_card: test" for n in (1, 2)
}
WORDS: Mapping[type[Facts], Callable[[Visit, Any], Awaitable[Screen | None]]] = dict(
    [*to_customer.WORDS.items(), *to_staff.WORDS.items()]
)
_TAG = re.compile(r"<(/?)([a-z-]+)>")
ARGS: Mapping[str, tuple[str, ...]] = {
    "plan": (LONG,),
    "cur": (LONG, "USD"),
    "money": ("USD",),
    "ways": ("1",),
    "renew": ("1",),
    "pay": ("1", "sandbox_card"),
    "rest": (LONG, "1m", "EUR"),
    "again": (LONG, "1m"),
    "trial": (LONG,),
    "remind": ("on",),
    "access": ("1",),
    "setup": ("1", "0"),
    "lang": ("{it}",),
    "who": ("1",),
    "sub": ("1",),
    "extend": ("1", "7"),
    "stop": ("1",),
    "resume": ("1",),
    "wset": ("1", "1"),
    "land": ("1",),
    "wpay": ("1",),
    "rfs": ("1",),
    "rf": ("1",),
    "rfd": ("1",),
    "rfp": ("1",),
    "rfx": ("1",),
    "rfw": ("1", "w1"),
    "dsp": ("1",),
    "dspok": ("1",),
    "resend": ("1", "1"),
    "auto": ("1",),
    "rotate": ("1",),
    "gv": ("1", LONG, "3m"),
}
SKIPPED = {"check", "load", "rfe", "dspe"} | {"e_again", "e_away", "l_again", "l_away"}
SKIPPED |= {"auto_on", "auto_off", "auto_forget", "stars_on", "stars_off"}  # test_renewing
SKIPPED |= {"rv_yes", "rv_no", "bl_p", "unbl", "asg", "l_true"}  # see tests/stories/test_guards.py
SKIPPED |= {"p_yes", "p_no", "p_show"}  # below a picture: see the test of their words
FACTS: dict[str, Any] = {
    "plan": LONG,
    "term": "12m",
    "until": 1800000000,
    "subscription": 1,
    "is_trial": False,
    "customer": 1,
    "name": "<&>" * 60,
    "verb": "create",
    "provider": "coinbase_commerce",
    "reason": "<reason>",
    "left": 3,
    "days": 3,
    "paid_until": 0,
    "error": "<error>",
    "since": 1800000000,
    "findings": [
        *(
            {"check": check, "facts": {"many": 4, "most": 3}}
            for check in ("tries", "payers", "shared_payer", "trials")
        ),
        {"check": "first_order", "facts": {"minor": 9, "most": 8, "currency": "EUR"}},
        {"check": "country", "facts": {"card": "US", "home": "DE"}},
        {"check": "blocked", "facts": {"by": "payer"}},
    ],
}


@pytest.fixture
async def long_house(tmp_path: Path) -> AsyncIterator[House]:
    """The sample shop, but its first plan has the longest slug and an odd name; Anna has it."""
    text = SAMPLE.read_text().replace('slug = "solo"', f'slug = "{LONG}"')
    catalog = tmp_path / "catalog.toml"
    catalog.write_text(text.replace('name = "Solo"', 'name = "<b>So & lo</i>"'))
    async with open_house(tmp_path, catalog=catalog) as house:
        await bought(house, house.preview.chat(1001))
        yield house


async def bought(house: House, anna: Chat) -> None:
    await anna.send(f"/start plan_{LONG}")
    await anna.wait_for("So & lo")
    await anna.press("1 month · €7.99")
    await anna.press("Card (sandbox) · €7.99")
    await anna.wait_for("The price is kept")
    await house.arrive(Money(799, "EUR"))
    wish = RefundWish(receipt=1, money=Money(99, "EUR"), route=RefundRoute.MANUAL, reason="wish")
    await house.storage.run(
        begin_refund, wish, STAFF, policy=house.counter.policy, now=house.clock.now()
    )
    await house.arrive(Money(700, "EUR"), happening=Happening.DISPUTED)


def faults(screen: Screen) -> list[str]:
    """What Telegram would refuse, or people would stumble over."""
    found = [f"{len(screen.text)} characters"] if len(html.unescape(screen.text)) > 4000 else []
    found += [] if screen.text.strip() else ["no text"]
    found += ["markup"] if not is_balanced(screen.text) else []
    found += ["toast"] if len(screen.toast) > 200 else []
    found += [f"placeholder in {screen.text}"] if re.search(r"[{}]", screen.text) else []
    for row in screen.rows:
        found += [fault for button in row for fault in button_faults(button)]
    return found


def is_balanced(text: str) -> bool:
    """Whether every tag is one of ours and closed in order, and nothing else looks like one."""
    stack: list[str] = []
    for closing, name in _TAG.findall(text):
        if closing and (not stack or stack.pop() != name):
            return False
        if not closing:
            stack.append(name)
    return not stack and "<" not in _TAG.sub("", text)


def button_faults(button: InlineKeyboardButton) -> list[str]:
    size = len(str(button.callback_data or "").encode())
    return [f"{button.text}: {size} bytes"] * (size > 64) + ["no label"] * (not button.text)


async def visited(house: House, person: int, language: str) -> Visit:
    from dataclasses import replace

    visit = await visit_to(house.application.bot, house.counter, person)
    return replace(visit, speech=speak(language, "Europe/Berlin"))


async def test_every_screen_is_sound_in_every_language(long_house: House) -> None:
    wrong: dict[str, list[str]] = {}
    spoken: set[str] = set()
    for language in (locales.ENGLISH, *(set(locales.languages()) - {locales.ENGLISH})):
        for person, screens in ((1001, SCREENS), (STAFF, STAFF_SCREENS)):
            for name in sorted(set(screens) - SKIPPED):
                visit = await visited(long_house, person, language)
                args = tuple(arg.replace("{it}", language) for arg in ARGS.get(name, ()))
                screen = await screens[name](visit, Args(args))
                if screen is None:
                    continue
                found = faults(screen) + ["a dead end"] * (not leads_on(screen))
                if language == locales.ENGLISH:
                    spoken |= texts(screen)
                else:
                    found += [f"in English: {text}" for text in texts(screen) & spoken]
                if found:
                    wrong[f"{language} {name}"] = found
    assert wrong == {}


def leads_on(screen: Screen) -> bool:
    """Whether a button goes on within the chat, so that nobody has to type a command."""
    return any(button.callback_data for row in screen.rows for button in row)


def texts(screen: Screen) -> set[str]:
    """Its lines and labels of three words and more: fewer may be the same in two languages."""
    labels = [button.text for row in screen.rows for button in row]
    lines = html.unescape(_TAG.sub("", screen.text)).splitlines()
    return {
        one for one in (*lines, *labels) if len(re.findall(r"[A-Za-z]{2,}", one)) > 2
    } - UNTRANSLATED


async def test_every_notice_is_sound_in_every_language(long_house: House) -> None:
    wrong: dict[str, list[str]] = {}
    for language in locales.languages():
        visit = await visited(long_house, 1001, language)
        for notice in set(Notice) - {Notice.CREDENTIALS}:
            screen = await worded(visit, notice, {**FACTS, "notice": notice})
            if screen is not None and (found := faults(screen)):
                wrong[f"{language} {notice}"] = found
        for facts in money_notices(LONG):
            screen = await said(visit, facts)
            if screen is not None and (found := faults(screen)):
                wrong[f"{language} {facts}"] = found
    assert wrong == {}


async def said(visit: Visit, notice: Facts) -> Screen | None:
    """Its words; of what is sent as a file those below it."""
    if isinstance(notice, DisputeOpened):
        return await dispute_told(visit, notice)
    return await WORDS[type(notice)](visit, notice)


async def worded(visit: Visit, notice: Notice, facts: Mapping[str, Any]) -> Screen | None:
    if notice in to_staff.TELLERS:
        return to_staff.told(visit, notice, facts)
    return await to_customer.TELLERS[notice](visit, facts)


def test_every_class_of_notices_has_words() -> None:
    declared = {
        one.kind for base in (CustomerNotice, StaffNotice) for one in base.__subclasses__()
    }
    assert declared == {one.kind for one in WORDS}


def test_every_notice_has_words() -> None:
    assert set(to_customer.TELLERS) | set(to_staff.TELLERS) == set(Notice)


def test_every_notice_about_money_is_among_those_looked_at() -> None:
    wings = ("settlement", "refunds", "renewals", "intake")
    told = {one.kind for one in WORDS if one.__module__.split(".")[1] in wings}
    assert {one.kind for one in money_notices("solo")} == told - {ProofSent.kind}


async def test_what_stands_below_a_proof_is_sound_in_every_language(long_house: House) -> None:
    storage, now = long_house.storage, long_house.clock.now()
    anna = await storage.read(known, 1001)
    assert anna
    choice = Choice(customer_id=anna.id, price_id=1, provider="transfer")
    policy = long_house.counter.policy
    await storage.run(begin_payment, choice, policy=policy, now=now)
    for name in "ab":
        file = File(kind=FileKind.PHOTO, file_id=name, unique_id=name, digest="")
        await storage.run(take_proof, anna.id, file, policy=policy, now=now)
    await storage.run(refuse, STAFF, proof_id=1, reason="<words> " * 50, now=now)
    wrong = []
    for language in locales.languages():
        visit = await visited(long_house, STAFF, language)
        for number in (1, 2):
            screen = proof_screen(visit, await storage.read(case_of, number))
            wrong += faults(screen)
            wrong += ["caption"] * (len(html.unescape(screen.text)) > 1024)
    assert wrong == []


@pytest.mark.parametrize("language", locales.languages())
def test_the_menu_fits_telegrams_limits(language: str) -> None:
    found = [*commands(speak(language)), *staff_commands(speak(language))]
    assert all(3 <= len(one.description) <= 256 for one in found)
    assert len({one.command for one in found}) == len(found)


@pytest.mark.parametrize(
    "data",
    [
        f"gv:{NUMBER}:{LONG}:120m:1800000000",
        f"pay:{NUMBER}:coinbase_commerce:auto",
        f"auto_forget:{NUMBER}",
        f"rest:{LONG}:120m:USDC",
        f"pay:{NUMBER}:coinbase_commerce",
        f"extend:{NUMBER}:3660:1800000000",
        "check:tk_" + "a" * 19,
        f"again:{LONG}:3660d",
        f"cur:{LONG}:USDC",
        f"setup:{NUMBER}:99",
        f"rf:{NUMBER}:9999999999:p:broken:1800000000",
        f"rfw:{NUMBER}:w{NUMBER}",
    ],
)
def test_the_longest_data_of_a_button_fits(data: str) -> None:
    assert len(f"+{data}".encode()) <= 64


async def test_a_group_is_pointed_to_the_own_chat(house: House) -> None:
    from telegram import Update

    said: list[str] = []

    async def hear(_self: object, *_args: object, **facts: Any) -> None:  # noqa: ANN401 - JSON
        said.append(str(facts.get("text")))
        raise TelegramError("heard")  # noqa: EM101 - the stand-in has no groups

    update = Update.de_json(
        {
            "update_id": 1,
            "message": {
                "message_id": 1,
                "date": int(datetime.now().astimezone().timestamp()),
                "chat": {"id": -5, "type": "group", "title": "g"},
                "from": {"id": 1001, "is_bot": False, "first_name": "A", "language_code": "de"},
                "text": "/start",
                "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
            },
        },
        house.application.bot,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(house.application.bot), "send_message", hear)
        await house.application.process_update(update)
    assert said == ["Ich bin für jeden einzeln da. Bitte öffnen Sie unseren privaten Chat:"]
    house.errors.clear()
