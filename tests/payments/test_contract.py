"""What every way of being paid promises, asked of each of them."""

from datetime import timedelta

import pytest

from shop.core.money import Money
from shop.ports import (
    Happening,
    PaymentEvent,
    ProviderError,
    ProviderSilentError,
    RequestRefusedError,
)
from tests.fixtures.rigs import (
    MUTE,
    UNDATED,
    Declining,
    Ending,
    Remote,
    Rig,
    hear,
    learn,
    request_of,
)
from tests.standins.moods import Mood

GARBAGE = [
    b"",
    b"<html>busy</html>",
    b"\xff\xfe",
    b"null",
    b"1",
    b'"text"',
    b"[]",
    b"[[]]",
    b"{}",
    b'{"data": 1}',
    b'{"data": [1]}',
    b'{"result": null, "id": 1, "url": {}}',
    b'{"object": "checkout.session", "id": "", "status": []}',
    b'{"object": "list", "data": 3}',
    b'{"id": "x", "url": "javascript:alert(1)", "hosted_url": 7, "expires_at": 1e400}',
    b"[" * 5_000,
]
CALLS = ("create", "look_up", "check")
OBJECTS = [garbage for garbage in GARBAGE if garbage.startswith(b"{")]
# An answer of the right shape proves that a key works, whatever is in it: to some any object is.
PROOFS_OF_A_KEY = {
    **dict.fromkeys(("stripe", "coinbase", "coinbase_commerce", "nowpayments"), OBJECTS),
    "btcpay": [b"[]"],
}


async def test_a_page_can_be_opened(paged: Rig) -> None:
    page = await paged.provider.create(request_of(paged))
    assert page.url.startswith(("http://", "https://"))
    assert page.provider_ref


async def test_asking_twice_for_the_same_payment_makes_one(finding: Rig) -> None:
    request = request_of(finding)
    first = await finding.provider.create(request)
    second = await finding.provider.create(request)
    assert first.provider_ref == second.provider_ref


async def test_asking_again_later_still_finds_the_first_payment(finding: Rig) -> None:
    request = request_of(finding)
    first = await finding.provider.create(request)
    finding.clock.moment += timedelta(minutes=40)
    assert (await finding.provider.create(request)).provider_ref == first.provider_ref


async def test_two_payments_do_not_mix(rig: Rig) -> None:
    first = await rig.provider.create(request_of(rig, "pay_1"))
    second = await rig.provider.create(request_of(rig, "pay_2"))
    await rig.pay(first)
    [event] = await rig.provider.look_up("pay_2", second.provider_ref)
    assert event.happening is Happening.PENDING


async def test_an_unpaid_payment_is_pending(paged: Rig) -> None:
    page = await paged.provider.create(request_of(paged))
    [event] = await paged.provider.look_up("pay_1", page.provider_ref)
    assert event.happening is Happening.PENDING
    assert event.reference == "pay_1"
    assert event.money is None


async def test_a_payment_whose_page_was_never_noted_is_pending(paged: Rig) -> None:
    [event] = await paged.provider.look_up("pay_9", "")
    assert event.happening is Happening.PENDING
    assert event.reference == "pay_9"


async def test_money_is_received_with_its_amount_and_reference(rig: Rig) -> None:
    page = await rig.provider.create(request_of(rig))
    [event] = await learn(rig, await rig.pay(page))
    assert event.happening is Happening.RECEIVED
    assert event.money == Money(799, rig.currency)
    assert event.reference == "pay_1"
    assert event.provider_ref == page.provider_ref
    assert event.receipt_id
    assert event.event_id
    assert event.occurred_at == (None if rig.provider.name in UNDATED else rig.clock.now())


async def test_asking_and_being_told_name_the_same_receipt(telling: Rig) -> None:
    page = await telling.provider.create(request_of(telling))
    [told] = await learn(telling, await telling.pay(page))
    asked = await telling.provider.look_up("pay_1", page.provider_ref)
    [received] = [event for event in asked if event.happening is Happening.RECEIVED]
    assert _receipt(received) == _receipt(told)


async def test_asking_twice_names_the_same_events(rig: Rig) -> None:
    page = await rig.provider.create(request_of(rig))
    await rig.pay(page)
    first = await rig.provider.look_up("pay_1", page.provider_ref)
    assert await rig.provider.look_up("pay_1", page.provider_ref) == first


async def test_a_message_delivered_twice_is_one_event(rig: Rig) -> None:
    page = await rig.provider.create(request_of(rig))
    delivery = await rig.pay(page)
    assert hear(rig, delivery) == hear(rig, delivery)


async def test_the_doctor_hears_one_line(paged: Rig) -> None:
    line = await paged.provider.check()
    assert line.startswith(paged.provider.name)
    assert "\n" not in line
    assert not any(secret in line for secret in paged.hidden)


async def test_closing_twice_does_no_harm(paged: Rig) -> None:
    await paged.provider.create(request_of(paged))
    await paged.provider.close()
    await paged.provider.close()


async def test_a_payment_runs_out(ending: Ending) -> None:
    page = await ending.provider.create(request_of(ending))
    await ending.expire(page)
    [event] = await ending.provider.look_up("pay_1", page.provider_ref)
    assert event.happening is Happening.EXPIRED


async def test_a_payment_is_declined(declining: Declining) -> None:
    page = await declining.provider.create(request_of(declining))
    await declining.decline(page)
    [event] = await declining.provider.look_up("pay_1", page.provider_ref)
    assert event.happening is Happening.FAILED
    assert event.money is None


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("mood", [Mood.DOWN, Mood.SLOW])
async def test_silence_is_not_a_no(hasty: None, remote: Remote, call: str, mood: Mood) -> None:
    del hasty
    if await _is_never_asked(remote, call):
        return
    remote.server.mood = mood
    with pytest.raises(ProviderSilentError):
        await _call(remote, call)


@pytest.mark.parametrize("call", CALLS)
async def test_a_no_is_a_no_and_shows_no_secret(remote: Remote, call: str) -> None:
    if await _is_never_asked(remote, call):
        return
    remote.server.mood = Mood.REFUSING
    with pytest.raises(ProviderError) as caught:
        await _call(remote, call)
    assert type(caught.value) is RequestRefusedError
    assert not [word for word in _shown(caught.value) if any(s in word for s in remote.hidden)]


@pytest.mark.parametrize("call", ["create", "look_up"])
async def test_what_cannot_be_read_is_silence(remote: Remote, call: str) -> None:
    if await _is_never_asked(remote, call):
        return
    remote.server.mood = Mood.GARBAGE
    for garbage in GARBAGE:
        remote.server.garbage = garbage
        with pytest.raises(ProviderSilentError):
            await _call(remote, call)


@pytest.mark.parametrize("garbage", GARBAGE)
async def test_the_doctor_believes_only_an_answer_of_the_shape_it_asked_for(
    remote: Remote, garbage: bytes
) -> None:
    usual = await remote.provider.check()
    remote.server.mood, remote.server.garbage = Mood.GARBAGE, garbage
    if garbage in PROOFS_OF_A_KEY.get(remote.provider.name, ()):
        assert await remote.provider.check() == usual
    else:
        with pytest.raises(ProviderSilentError):
            await remote.provider.check()


async def test_who_cannot_be_asked_says_so(mute: Rig) -> None:
    page = await mute.provider.create(request_of(mute))
    await mute.pay(page)
    [event] = await mute.provider.look_up("pay_1", page.provider_ref)
    assert event.happening is Happening.PENDING, "money that came is not denied, only not known"


async def test_an_answer_that_got_lost_is_found_again(remote: Remote) -> None:
    remote.server.mood = Mood.DEAF
    with pytest.raises(ProviderSilentError):
        await remote.provider.create(request_of(remote))
    remote.server.mood = Mood.UP
    page = await remote.provider.create(request_of(remote))
    delivery = await remote.pay(page)
    if remote.provider.name in MUTE:
        events = hear(remote, delivery)
    else:
        events = await remote.provider.look_up("pay_1", page.provider_ref)
    assert [event.happening for event in events] == [Happening.RECEIVED]


async def _is_never_asked(remote: Remote, call: str) -> bool:
    """Whether it has no such question: then it makes no call, and nothing is known."""
    if call != "look_up" or remote.provider.name not in MUTE:
        return False
    remote.server.mood = Mood.DOWN
    [event] = await remote.provider.look_up("pay_1", "some_ref")
    assert event.happening is Happening.PENDING
    assert remote.server.calls == []
    return True


async def _call(rig: Rig, name: str) -> object:
    match name:
        case "create":
            return await rig.provider.create(request_of(rig))
        case "look_up":
            return await rig.provider.look_up("pay_1", "some_ref")
        case _:
            return await rig.provider.check()


def _shown(error: BaseException) -> list[str]:
    """Everything a log could show of an error: itself and what stands behind it."""
    behind = [one for one in (error.__cause__, error.__context__) if one is not None]
    words = [str(error), repr(error), repr(vars(error))]
    return words + [word for one in behind for word in _shown(one)]


def _receipt(event: PaymentEvent) -> tuple[object, ...]:
    return (event.receipt_id, event.money, event.reference, event.provider_ref)
