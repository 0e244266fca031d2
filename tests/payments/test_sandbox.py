"""The sandbox: its page, its buttons, and that it forgets nothing."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from payments.sandbox import provider as provider_module
from payments.sandbox.acts import CHOICES
from payments.sandbox.page import make_site
from payments.sandbox.words import frame, labels, words_in
from shop.core.money import Money
from shop.ports import (
    Happening,
    OnItsWay,
    PaymentEvent,
    ProviderError,
    RefundRequest,
    ReturnedRefund,
)
from tests.fixtures.rigs import NO_ANSWER, SANDBOX_SECRET, SandboxRig, hear, request_of, rig_of

H = Happening


@pytest.fixture
async def card(tmp_path: Path) -> AsyncIterator[SandboxRig]:
    async with rig_of("sandbox_card", tmp_path) as made:
        yield made


@pytest.fixture
async def crypto(tmp_path: Path) -> AsyncIterator[SandboxRig]:
    async with rig_of("sandbox_crypto", tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("choice", "amounts"),
    [("pay", [799]), ("under", [399]), ("over", [1198]), ("twice", [799, 799]), ("decline", [])],
)
async def test_buttons_do_what_they_say(card: SandboxRig, choice: str, amounts: list[int]) -> None:
    await card.provider.create(request_of(card))
    await card.sandbox.press("pay_1", choice)
    events = [e for e in await _asked(card) if e.happening is H.RECEIVED]
    assert [event.money for event in events] == [Money(minor, "EUR") for minor in amounts]
    assert len({event.receipt_id for event in events}) == len(amounts)


async def test_late_money_is_dated_after_the_expiry(card: SandboxRig) -> None:
    request = request_of(card)
    await card.provider.create(request)
    await card.sandbox.press("pay_1", "late")
    [event] = await _asked(card)
    assert event.occurred_at
    assert event.occurred_at > request.expires_at


async def test_a_second_press_of_pay_is_no_second_payment(card: SandboxRig) -> None:
    await card.provider.create(request_of(card))
    await asyncio.gather(*[card.sandbox.press("pay_1", "pay") for _ in range(5)])
    assert len(await _asked(card)) == 1


@pytest.mark.parametrize(
    ("choice", "happening"), [("refund", H.REFUNDED), ("dispute", H.DISPUTED)]
)
async def test_money_can_go_back(card: SandboxRig, choice: str, happening: Happening) -> None:
    page = await card.provider.create(request_of(card))
    [paid] = hear(card, await card.pay(page))
    for _ in range(2):
        await card.sandbox.press("pay_1", choice)
    events = [event for event in await _asked(card) if event.happening is happening]
    assert [event.receipt_id for event in events] == [paid.receipt_id]


async def test_a_bank_may_return_the_last_refund_once(card: SandboxRig) -> None:
    page = await card.provider.create(request_of(card))
    [paid] = hear(card, await card.pay(page))
    await card.sandbox.press("pay_1", "bounce")
    assert [one.happening for one in await _asked(card)] == [H.RECEIVED], "nothing went back yet"
    for name, before, minor in (("rf_a", 0, 500), ("rf_b", 500, 299)):
        await card.sandbox.refund(
            RefundRequest(
                reference=name,
                payment="pay_1",
                provider_ref="pay_1",
                receipt_id=paid.receipt_id,
                amount=Money(minor, "EUR"),
                received=Money(799, "EUR"),
                before=Money(before, "EUR"),
                reason="wish",
                chat_id=1,
            )
        )
        hear(card, await card.next_sent())
    for _ in range(2):
        await card.sandbox.press("pay_1", "bounce")
    [told] = hear(card, await card.next_sent())
    [asked] = [one for one in await _asked(card) if one.happening is H.REFUND_RETURNED]
    for one in (told, asked):
        assert (one.money, one.receipt_id) == (Money(299, "EUR"), paid.receipt_id)
        assert one.detail == ReturnedRefund(refund_ref="rf_b", reason="account_closed")
    assert told.event_id == asked.event_id
    assert card.sent.empty()


async def test_a_declined_payment_can_be_tried_again(card: SandboxRig) -> None:
    await card.provider.create(request_of(card))
    for choice in ("decline", "pay"):
        await card.sandbox.press("pay_1", choice)
    assert [event.happening for event in await _asked(card)] == [H.FAILED, H.RECEIVED]


async def test_crypto_is_seen_first(crypto: SandboxRig) -> None:
    await crypto.provider.create(request_of(crypto))
    await crypto.sandbox.press("pay_1", "pay")
    [seen] = hear(crypto, await crypto.next_sent())
    assert seen.happening is H.SEEN
    assert seen.detail == OnItsWay(within=timedelta(days=1))
    assert [event.happening for event in await _asked(crypto)] == [H.SEEN]


async def test_crypto_is_confirmed_by_itself_even_when_nobody_runs(crypto: SandboxRig) -> None:
    await crypto.provider.create(request_of(crypto))
    await crypto.sandbox.press("pay_1", "pay")
    await crypto.provider.close()
    crypto.clock.moment += timedelta(seconds=2)
    assert [event.happening for event in await _asked(crypto)] == [H.SEEN, H.RECEIVED]


async def test_a_new_process_knows_what_the_killed_one_knew(card: SandboxRig) -> None:
    page = await card.provider.create(request_of(card))
    await card.pay(page)
    another = card.with_secrets(SANDBOX_SECRET)
    assert await another.look_up("pay_1", page.provider_ref) == await _asked(card)
    assert await another.create(request_of(card)) == page


async def test_half_a_file_is_a_plain_no(card: SandboxRig, tmp_path: Path) -> None:
    await card.provider.create(request_of(card))
    (tmp_path / "card" / "pay_1.json").write_text("{")
    with pytest.raises(ProviderError, match=r"pay_1\.json"):
        await _asked(card)


@pytest.mark.parametrize("reference", ["../../etc/passwd", "a/b", "", ".lock", "é"])
async def test_no_address_leads_out_of_the_directory(card: SandboxRig, reference: str) -> None:
    with pytest.raises(ProviderError):
        await card.provider.look_up(reference, reference)


async def test_webhooks_are_sent_again_until_they_arrive(
    card: SandboxRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_module, "_RETRIES", (0.0, 0.0, 0.0, 0.0))
    card.answers = [500, NO_ANSWER, 204]
    await card.provider.create(request_of(card))
    await card.sandbox.press("pay_1", "pay")
    [first, second, third] = [await card.next_sent() for _ in range(3)]
    assert first == second == third
    await card.sandbox.press("pay_1", "refund")
    [refund] = hear(card, await card.next_sent())
    assert refund.happening is H.REFUNDED


async def test_switched_off_webhooks_leave_it_to_polling(card: SandboxRig) -> None:
    silent = card.with_secrets(SANDBOX_SECRET, send_webhooks=False)
    await silent.create(request_of(card))
    await silent.press("pay_1", "pay")
    await silent.close()
    assert card.sent.empty()
    assert [event.happening for event in await _asked(card)] == [H.RECEIVED]


async def test_a_visit_to_the_page(card: SandboxRig) -> None:
    await card.provider.create(request_of(card, title="<script>alert(1)</script>"))
    async with _browser(card) as browser:
        page = await browser.get("/sandbox/card/pay_1")
        assert "€7.99" in page.text
        assert "no money moves" in page.text
        assert "<script>" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        paid = await browser.post("/sandbox/card/pay_1", data={"choice": "pay"})
        assert paid.url.path == "/sandbox/card/pay_1"
        assert "€7.99 was paid." in paid.text
        assert 'href="https://t.me/kiosk_bot"' in paid.text
    assert (await card.next_sent()).headers["x-sandbox-signature"]


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ("late", "but too late"),
        ("under", "Only €3.99 of €7.99"),
        ("over", "more than the €7.99"),
        ("twice", "2 times over"),
        ("decline", "nothing was taken"),
    ],
)
async def test_the_page_says_what_happened(card: SandboxRig, choice: str, sentence: str) -> None:
    await card.provider.create(request_of(card))
    async with _browser(card) as browser:
        page = await browser.post("/sandbox/card/pay_1", data={"choice": choice})
    assert sentence in page.text


@pytest.mark.parametrize(
    ("tag", "before", "after"),
    [
        (
            "de-AT",
            ("7,99\N{NO-BREAK SPACE}€", "Zahlbar bis", ">Nur die Hälfte bezahlen<"),
            "wurden bezahlt.",
        ),
        (
            "es",
            ("7,99\N{NO-BREAK SPACE}€", "Pago con tarjeta", ">Pagar dos veces<"),
            "Se han pagado",
        ),
        ("xx", ("€7.99", "Card payment", ">Pay too late<"), "€7.99 was paid."),
    ],
)
async def test_the_page_speaks_the_customers_language(
    card: SandboxRig, tag: str, before: tuple[str, ...], after: str
) -> None:
    await card.provider.create(request_of(card, language=tag))
    async with _browser(card) as browser:
        page = await browser.get("/sandbox/card/pay_1")
        assert [words for words in before if words not in page.text] == []
        assert f'<html lang="{tag[:2] if tag != "xx" else "en"}">' in page.text
        assert after in (await browser.post("/sandbox/card/pay_1", data={"choice": "pay"})).text


@pytest.mark.parametrize("kind", ["card", "crypto"])
def test_every_button_has_its_word(kind: str) -> None:
    said = labels(words_in("en"))
    assert set(said) == {*CHOICES, "confirm"}
    assert frame(words_in("de"), kind=kind)["kind"] != frame(words_in("en"), kind=kind)["kind"]


async def test_a_crypto_page_waits_and_can_be_hurried(crypto: SandboxRig) -> None:
    await crypto.provider.create(request_of(crypto))
    async with _browser(crypto) as browser:
        page = await browser.post("/sandbox/crypto/pay_1", data={"choice": "pay"})
        assert 'http-equiv="refresh"' in page.text
        page = await browser.post("/sandbox/crypto/pay_1", data={"choice": "confirm"})
        assert "€7.99 was paid." in page.text


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", ""])
async def test_only_honest_addresses_lead_back(card: SandboxRig, address: str) -> None:
    await card.provider.create(request_of(card, return_url=address))
    async with _browser(card) as browser:
        page = await browser.get("/sandbox/card/pay_1")
    assert "Back to the chat" not in page.text


@pytest.mark.parametrize("body", [b"", b"choice=nothing", b"choice=pay&" + b"x" * 999, b"\xff"])
async def test_a_strange_form_changes_nothing(card: SandboxRig, body: bytes) -> None:
    await card.provider.create(request_of(card))
    async with _browser(card) as browser:
        assert (await browser.post("/sandbox/card/pay_1", content=body)).is_success
    assert [event.happening for event in await _asked(card)] == [H.PENDING]


async def test_an_unknown_page_is_not_found(card: SandboxRig) -> None:
    async with _browser(card) as browser:
        for path in ("/sandbox/card/pay_9", "/sandbox/card/..%2f..%2fx", "/sandbox/card/.lock"):
            assert (await browser.get(path)).status_code == 404
            assert (await browser.post(path)).status_code == 404


def _browser(rig: SandboxRig) -> httpx.AsyncClient:
    app = Starlette(routes=[Mount(f"/sandbox/{rig.sandbox.kind}", make_site(rig.sandbox))])
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://shop.test", follow_redirects=True
    )


async def _asked(rig: SandboxRig) -> list[PaymentEvent]:
    return list(await rig.provider.look_up("pay_1", "pay_1"))
