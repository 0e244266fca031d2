"""Every screen and every notice, in every language, with the longest names an owner may choose."""

import html
import re
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from telegram import InlineKeyboardButton
from telegram.error import TelegramError

import locales
from bot.assemble import KNOWN
from handlers.customer.checkout.ways import SAVES
from handlers.customer.routes import SCREENS
from handlers.profile import commands, staff_commands
from handlers.screens import KEEP, MOST_DATA, Args, Screen, data
from handlers.staff.intake.bank_transfers import proof_screen
from handlers.staff.refunds.refund_choices import REASONS
from handlers.staff.routes import SCREENS as STAFF_SCREENS
from handlers.visit import Visit, visit_to
from handlers.wording import speak
from preview.client import Chat
from shop.access.subscription_records import Subscriptions
from shop.checkout.payment import Choice, begin_payment
from shop.core.money import Money
from shop.customers.countries import ELSEWHERE
from shop.customers.people import known
from shop.intake.proof_records import File
from shop.intake.transfer_proofs import case_of, refuse, take_proof
from shop.intake.transfers import FileKind, Reason
from shop.orders.orders import new_reference
from shop.ports import Happening
from shop.refunds.records import RefundRoute
from shop.refunds.refund import RefundWish, begin_refund
from tests.fixtures.chat import SAMPLE, STAFF, House, open_house

LONG = "abcdefghijklmnopqrstuvwx"
NUMBER = "999999999999"
MOMENT = "1800000000"  # of the question that is answered; ten digits until the year 2286
TERM = "3660d"
REFERENCE = new_reference()
# Names, letters and a file's columns: the same in every language.
UNTRANSLATED = {f"{LONG} – <b>So & lo</i>", "username,password,url,note"} | {
    f"E{n} · sandbox_card: test" for n in (1, 2)
}
_TAG = re.compile(r"<(/?)([a-z-]+)>")
ARGS: Mapping[str, tuple[str, ...]] = {
    "plan": (LONG,),
    "currency": (LONG, "USD"),
    "plans_currency": ("USD",),
    "ways": ("1",),
    "renew": ("1",),
    "pay": ("1", "sandbox_card"),
    "pay_rest": (LONG, "1m", "EUR"),
    "pay_again": (LONG, "1m"),
    "trial": (LONG,),
    "reminders": ("on",),
    "access": ("1",),
    "setup": ("1", "0"),
    "language": ("{it}",),
    "customer": ("1",),
    "subscription": ("1",),
    "extend": ("1", "7"),
    "stop": ("1",),
    "resume": ("1",),
    "wallet_reserve": ("1", "1"),
    "country": ("1",),
    "wallet_pay": ("1",),
    "refunds": ("1",),
    "refund": ("1",),
    "refund_details": ("1",),
    "refund_paid": ("1",),
    "refund_not_paid": ("1",),
    "refund_all": ("1", "w1"),
    "dispute": ("1",),
    "dispute_trust": ("1",),
    "resend": ("1", "1"),
    "renewal": ("1",),
    "rotate": ("1",),
    "grant": ("1", LONG, "3m"),
}
SKIPPED = {
    "check_payment",
    "stock_load",
    "stock_replace",
    "stock_leave",
    "receipt_evidence",
    "dispute_evidence",
}
SKIPPED |= {"job_retry", "job_dismiss", "event_retry", "event_dismiss"}
SKIPPED |= {"renewal_on", "renewal_off", "forget_card", "stars_on", "stars_off"}  # test_renewing
SKIPPED |= {"review_approve", "review_refuse", "block_payer"}  # tests/stories/test_safeguards.py
SKIPPED |= {"unblock", "assign", "event_believe"}  # there as well
SKIPPED |= {"proof_approve", "proof_refuse", "proof_show"}  # below a picture: see their own test


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


async def test_what_stands_below_a_proof_is_sound_in_every_language(long_house: House) -> None:
    storage, now = long_house.storage, long_house.clock.now()
    anna = await storage.read(known, 1001)
    assert anna
    choice = Choice(customer_id=anna.id, price_id=1, provider="transfer")
    policy = long_house.counter.policy
    await storage.run(lambda books: books[Subscriptions].freeze(1, is_frozen=False))
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


PROVIDER = max(KNOWN.providers or (), key=len)
NOTHING: tuple[str, ...] = ()
LONGEST_ARGS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("home", "help", "plans", "account", "wallet"), NOTHING),
    **dict.fromkeys(("support", "paysupport"), NOTHING),
    **dict.fromkeys(("desk", "find_customer", "stock", "proofs"), NOTHING),
    **dict.fromkeys(("failed_jobs", "inbox", "reviews", "blocklist"), NOTHING),
    **dict.fromkeys(("renew", "access", "renewal", "renewal_on", "renewal_off"), (NUMBER,)),
    **dict.fromkeys(("forget_card", "stars_on", "stars_off"), (NUMBER,)),
    **dict.fromkeys(("customer", "subscription", "refunds", "refund_details"), (NUMBER,)),
    **dict.fromkeys(("refund_paid", "refund_not_paid", "receipt_evidence"), (NUMBER,)),
    **dict.fromkeys(("dispute", "dispute_evidence", "dispute_trust"), (NUMBER,)),
    **dict.fromkeys(("job_retry", "job_dismiss", "event_retry", "event_dismiss"), (NUMBER,)),
    **dict.fromkeys(("review_approve", "review_refuse", "block_payer"), (NUMBER,)),
    **dict.fromkeys(("unblock", "unassigned", "proof_approve", "proof_show"), (NUMBER,)),
    **dict.fromkeys(("plan", "trial", "stock_load", "stock_replace", "stock_leave"), (LONG,)),
    **dict.fromkeys(("terms", "privacy"), ("999",)),
    **dict.fromkeys(("stop", "resume", "resend", "rotate", "event_believe"), (NUMBER, MOMENT)),
    "plans_currency": ("USDC",),
    "currency": (LONG, "USDC"),
    "ways": (NUMBER, SAVES),
    "pay": (NUMBER, PROVIDER, SAVES),
    "check_payment": (REFERENCE,),
    "pay_rest": (LONG, TERM, "USDC"),
    "pay_again": (LONG, TERM),
    "reminders": ("off",),
    "setup": (NUMBER, "999"),
    "country": (NUMBER, ELSEWHERE),
    "wallet_reserve": (NUMBER, "1"),
    "wallet_pay": (NUMBER, "1"),
    "language": ("zh_Hant",),
    "grant": (NUMBER, LONG, TERM, MOMENT),
    "extend": (NUMBER, "3660", MOMENT),
    "refund": (NUMBER, "9" * 13, "p", max(REASONS, key=len), MOMENT),
    "refund_all": (NUMBER, f"w{NUMBER}"),
    "proof_refuse": (NUMBER, max(Reason, key=len)),
    "assign": (NUMBER, NUMBER, NUMBER, MOMENT),
}


def test_every_button_has_its_longest_arguments_here() -> None:
    assert set(LONGEST_ARGS) == {*SCREENS, *STAFF_SCREENS}


@pytest.mark.parametrize("name", sorted({*SCREENS, *STAFF_SCREENS}))
def test_the_longest_data_of_a_button_fits(name: str) -> None:
    assert len(f"{KEEP}{data(name, *LONGEST_ARGS[name])}".encode()) <= MOST_DATA == 64


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
