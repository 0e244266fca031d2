"""Money that goes back, from the owner's chat to the customer's, on both databases."""

from tests.fixtures.kiosk import Kiosk, Person
from tests.fixtures.shop import STAFF

ANNA = 1001
DAY = 86_400


async def bought(kiosk: Kiosk, route: str = "sandbox_card") -> tuple[Person, str]:
    """Anna has a month; gives her and the page she paid on."""
    anna = kiosk.person(ANNA)
    page = await anna.to_pay(route)
    await anna.pay(page)
    await anna.sees("Your access to")
    await kiosk.quiet()
    return anna, page


async def at_the_money(kiosk: Kiosk) -> Person:
    """The owner looks at what Anna paid last."""
    olga = kiosk.person(STAFF)
    await olga.say("/admin")
    await olga.sees("The shop today")
    await look_again(olga)
    return olga


async def look_again(olga: Person) -> None:
    before = len(await olga.having("Orders"))
    await olga.say("/find Anna")
    await olga.sees("Orders", times=before + 1)
    tapped = await olga.tap("refunds:")
    await olga.tap("refund:1", inside=tapped.message_id)


async def give(olga: Person, amount: str, route: str, reason: str = "wish") -> None:
    await olga.tap(f"refund:1:{amount}")
    await olga.tap(f"refund:1:{amount}:{route}")
    await olga.tap(f"refund:1:{amount}:{route}:{reason}")
    await olga.tap(f"refund:1:{amount}:{route}:{reason}:")


def left(kiosk: Kiosk) -> float:
    """Days that are still paid."""
    until = kiosk.tables.one("SELECT paid_until FROM subscriptions")
    return float(until - kiosk.clock.now().timestamp()) / DAY


def states(kiosk: Kiosk) -> tuple[str, str, str]:
    return (
        kiosk.tables.one("SELECT state FROM orders"),
        kiosk.tables.one("SELECT state FROM payments"),
        kiosk.tables.one("SELECT state FROM subscriptions"),
    )


async def test_all_of_it_goes_back_and_access_ends(kiosk: Kiosk) -> None:
    anna, _page = await bought(kiosk)
    assert await kiosk.access() == 200
    olga = await at_the_money(kiosk)

    await give(olga, "799", "p")

    await olga.sees("It is: done")
    await anna.sees("goes back to you")
    await kiosk.quiet()
    assert states(kiosk) == ("refunded", "refunded", "ended")
    assert await kiosk.access() == 403
    assert kiosk.tables.rows("SELECT route, state, minor, from_order FROM refunds") == [
        ("provider", "done", 799, 799)
    ], "and the provider's own news of it booked nothing more"
    await anna.say("/account")
    await anna.sees("went back to you")
    story = await history(olga)
    assert "7.99" in story
    assert "done" in story
    assert kiosk.tables.rows("SELECT act, staff_id FROM audit") == [("refund", STAFF)]


async def history(olga: Person) -> str:
    await olga.say("/find Anna")
    shown = await olga.sees("Money back")
    return str(shown["text"])


async def test_a_part_goes_back_and_the_rest_stays_as_it_is(kiosk: Kiosk) -> None:
    anna, _page = await bought(kiosk)
    olga = await at_the_money(kiosk)
    before = left(kiosk)

    await olga.say("/refund 1 2.50")
    await olga.tap("refund:1:250:p")
    await olga.tap("refund:1:250:p:broken")
    await olga.tap("refund:1:250:p:broken:")

    await anna.sees("2.50")
    await kiosk.quiet()
    assert states(kiosk) == ("paid", "final", "active")
    assert left(kiosk) == before
    await look_again(olga)
    await olga.button("refund:1:549")
    await give(olga, "549", "p")
    await anna.sees("5.49")
    await kiosk.quiet()
    assert states(kiosk) == ("refunded", "refunded", "ended")


async def test_a_second_tap_gives_nothing_back_twice(kiosk: Kiosk) -> None:
    await bought(kiosk)
    olga = await at_the_money(kiosk)
    await olga.tap("refund:1:400")
    await olga.tap("refund:1:400:p")
    await olga.tap("refund:1:400:p:wish")
    yes = await olga.button("refund:1:400:p:wish:")

    await olga.chat.press(yes["callback_data"], message_id=yes["message_id"])
    await olga.sees("It is: done")
    update = kiosk.tables.one(
        "SELECT event_id FROM inbox WHERE id = (SELECT MAX(id) FROM inbox "
        "WHERE provider = 'telegram')"
    )
    await kiosk.preview.deliver_again(int(update))
    await kiosk.quiet()

    assert kiosk.tables.one("SELECT COUNT(*) FROM refunds") == 1


async def test_to_the_wallet_and_from_there_out_of_the_shop(kiosk: Kiosk) -> None:
    anna, _page = await bought(kiosk)
    olga = await at_the_money(kiosk)

    await give(olga, "799", "w")

    await anna.sees("into your wallet")
    await kiosk.quiet()
    assert states(kiosk) == ("refunded", "final", "ended")
    await anna.say("/wallet")
    await anna.sees("7.99")
    await look_again(olga)
    await give(olga, "799", "p")
    await anna.sees("goes back to you")
    await kiosk.quiet()
    assert states(kiosk) == ("refunded", "refunded", "ended")
    assert kiosk.tables.one("SELECT SUM(minor) FROM journal WHERE account = 'wallet'") == 0


async def test_by_hand_staff_get_the_steps_and_then_say_that_it_is_done(kiosk: Kiosk) -> None:
    anna, _page = await bought(kiosk)
    olga = await at_the_money(kiosk)
    await give(olga, "799", "h")
    await olga.sees("Then press the button")
    assert await anna.having("goes back") == []

    await olga.tap("refund_paid:")

    await anna.sees("We have paid")
    await kiosk.quiet()
    assert states(kiosk) == ("refunded", "refunded", "ended")
    acts = kiosk.tables.rows("SELECT act FROM audit ORDER BY id")
    assert acts == [("refund",), ("refund_paid",)]


async def test_what_is_not_paid_back_after_all_lies_where_it_was(kiosk: Kiosk) -> None:
    await bought(kiosk)
    olga = await at_the_money(kiosk)
    await give(olga, "799", "h")
    await olga.tap("refund_not_paid:")
    await olga.sees("not paid back")
    await kiosk.quiet()
    assert states(kiosk) == ("paid", "final", "active")
    assert await kiosk.access() == 200


async def test_money_given_back_at_the_provider_is_noticed(kiosk: Kiosk) -> None:
    anna, page = await bought(kiosk)
    olga = await at_the_money(kiosk)

    await anna.pay(page, "refund")

    await olga.sees("went back to")
    await anna.sees("goes back to you")
    await kiosk.quiet()
    assert states(kiosk) == ("refunded", "refunded", "ended")
    assert kiosk.tables.rows("SELECT route, minor FROM refunds") == [("told", 799)]


async def disputed(kiosk: Kiosk) -> tuple[Person, Person, str]:
    anna, page = await bought(kiosk)
    await kiosk.http.get(
        "/access/nginx",
        params={"token": kiosk.tables.one("SELECT token FROM accounts")},
        headers={"x-real-ip": "192.0.2.77"},
    )
    olga = kiosk.person(STAFF)
    await olga.say("/admin")
    await olga.sees("The shop today")
    await anna.pay(page, "dispute")
    await olga.sees("disputes")
    await anna.sees("is in doubt: your bank asks")
    await kiosk.quiet()
    return anna, olga, page


async def test_a_dispute_holds_access_and_the_evidence_is_in_one_file(kiosk: Kiosk) -> None:
    anna, olga, _page = await disputed(kiosk)
    assert await kiosk.access() == 403
    assert states(kiosk)[1] == "disputed"
    told = await olga.sees("disputes")
    assert told["document"]["file_name"].startswith("evidence-")
    await olga.tap("dispute_evidence:")
    await olga.sees("Everything the books know")
    text = await newest_file(kiosk, olga)
    for words in ("Anna", "7.99", "192.0.2.77", "Access data reached", "credentials", "Solo"):
        assert words in text
    assert "secret" not in text
    await anna.say("/account")
    await anna.sees("until it has decided")


async def newest_file(kiosk: Kiosk, person: Person) -> str:
    [*_, last] = [one for one in await person.chat.messages() if "document" in one]
    bot = kiosk.parts.settings.telegram_bot_token.get_secret_value()
    base = kiosk.parts.settings.telegram_api_url
    found = await kiosk.http.get(
        f"{base}/bot{bot}/getFile", params={"file_id": last["document"]["file_id"]}
    )
    path = found.json()["result"]["file_path"]
    return (await kiosk.http.get(f"{base}/file/bot{bot}/{path}")).text


async def test_a_dispute_won_gives_back_access_and_money(kiosk: Kiosk) -> None:
    anna, olga, page = await disputed(kiosk)
    await anna.pay(page, "win")
    await olga.sees("is won")
    await anna.sees("as it was")
    await kiosk.quiet()
    assert states(kiosk) == ("paid", "final", "active")
    assert await kiosk.access() == 200
    assert kiosk.tables.one("SELECT SUM(minor) FROM journal WHERE account = 'disputed'") == 0


async def test_a_dispute_lost_ends_access(kiosk: Kiosk) -> None:
    anna, olga, page = await disputed(kiosk)
    await anna.pay(page, "lose")
    await olga.sees("is lost")
    await anna.sees("Your bank took €7.99 for Solo back")
    await anna.sees("the access that it paid for has ended")
    await kiosk.quiet()
    assert states(kiosk) == ("refunded", "refunded", "ended")
    assert await kiosk.access() == 403


async def test_lost_and_won_after_all_access_is_back_and_both_read_what_it_did(
    kiosk: Kiosk,
) -> None:
    anna, olga, page = await disputed(kiosk)
    await anna.pay(page, "lose")
    await olga.sees("€7.99 is gone")
    await olga.sees("What was left of the time has ended")
    await kiosk.quiet()
    kiosk.clock.move(days=1)
    await anna.pay(page, "win")
    await olga.sees("€7.99 is here again")
    await anna.sees("is yours again")
    await anna.sees("Your access to", times=2)
    await kiosk.quiet()
    live = kiosk.tables.rows("SELECT id FROM subscriptions WHERE state = 'active'")
    assert len(live) == 1
    assert kiosk.tables.one("SELECT state FROM orders") == "paid"
    kiosk.clock.move(days=1)
    await anna.pay(page, "lose")
    await olga.sees("€7.99 is gone", times=2)
    await kiosk.quiet()
    assert kiosk.tables.rows("SELECT id FROM subscriptions WHERE state = 'active'") == []


async def test_an_old_payments_dispute_is_lost_while_a_paid_month_runs_on(kiosk: Kiosk) -> None:
    anna, page = await bought(kiosk)
    olga = kiosk.person(STAFF)
    await olga.say("/admin")
    await olga.sees("The shop today")
    kiosk.clock.move(days=29)
    await anna.pay(await anna.to_pay("sandbox_card"))
    await anna.sees("Payment received", times=2)
    await kiosk.quiet()
    kiosk.clock.move(days=10)
    await kiosk.quiet()
    await anna.pay(page, "dispute")
    await olga.sees("Access was left as it is")
    await anna.pay(page, "lose")
    await olga.sees("is lost")
    await olga.sees("Access was left as it is", times=2)
    await anna.sees("Your bank took €7.99 for Solo back")
    assert await anna.having("your access rests") == []
    assert await anna.having("has ended") == []
    await kiosk.quiet()
    assert await kiosk.access() == 200
    await anna.say("/account")
    await anna.sees("taken back by your bank")


async def test_what_the_bank_returned_and_is_given_back_anew_in_part_stays_a_task(
    kiosk: Kiosk,
) -> None:
    anna, page = await bought(kiosk)
    olga = await at_the_money(kiosk)
    await give(olga, "799", "p")
    await anna.sees("€7.99 for Solo goes back to you")
    kiosk.clock.move(days=20)
    await anna.pay(page, "bounce")
    await olga.sees("came back: the bank did not take it")
    await kiosk.quiet()
    kiosk.clock.move(days=1)
    await anna.pay(page, "refund_half")
    await anna.sees("€4.00 for Solo goes back to you")
    await olga.sees("€4.00 for Solo went back to Anna")
    await olga.sees("€3.99 that a bank had returned is still to be paid back")
    await kiosk.quiet()
    query = "SELECT route, state, minor FROM refunds ORDER BY id"
    assert kiosk.tables.rows(query) == [("provider", "manual", 399), ("told", "done", 400)]
    assert len(await anna.having("€7.99 for Solo goes back")) == 1
    await olga.tap("refund_details:")
    await olga.tap("refund_paid:")
    await anna.sees("We have paid €3.99 for Solo back to you")


async def test_money_that_the_wallet_spent_is_taken_from_what_it_bought(kiosk: Kiosk) -> None:
    anna, page = await bought(kiosk)
    olga = kiosk.person(STAFF)
    await olga.say("/admin")
    await olga.sees("The shop today")
    await anna.pay(page, "again")
    await anna.sees("we keep the second €7.99 for you")
    await kiosk.quiet()
    month = left(kiosk)
    await anna.say("/plans")
    await anna.tap("plan:")
    await anna.tap("ways:")
    await anna.tap("wallet_pay:")
    await anna.tap("wallet_pay:")  # and yes
    await anna.sees("Payment received", times=2)
    await kiosk.quiet()
    assert left(kiosk) > month + 27
    await anna.pay(page, "refund")
    await olga.sees("Solo has lost €7.99 by it")
    await anna.sees("€7.99 of it had paid for Solo")
    await kiosk.quiet()
    assert left(kiosk) < month + 0.01
    assert await kiosk.access() == 200
    assert kiosk.tables.one("SELECT SUM(minor) FROM journal WHERE account = 'wallet'") == 0


async def test_a_warning_of_fraud_is_answered_with_one_tap(kiosk: Kiosk) -> None:
    anna, page = await bought(kiosk)
    olga = kiosk.person(STAFF)
    await olga.say("/admin")
    await olga.sees("The shop today")
    await anna.pay(page, "warn")
    await olga.sees("suspects fraud")
    await kiosk.quiet()
    assert await kiosk.access() == 403

    await olga.tap("refund_all:")

    await anna.sees("goes back to you")
    await kiosk.quiet()
    assert states(kiosk) == ("refunded", "refunded", "ended")


async def test_who_is_trusted_after_a_warning_has_access_again(kiosk: Kiosk) -> None:
    anna, page = await bought(kiosk)
    olga = kiosk.person(STAFF)
    await olga.say("/admin")
    await olga.sees("The shop today")
    await anna.pay(page, "warn")
    await olga.tap("dispute_trust:")
    await anna.sees("is on again")
    await kiosk.quiet()
    assert await kiosk.access() == 200


async def test_stars_go_back_whole_or_not_at_all(kiosk: Kiosk) -> None:
    anna = kiosk.person(ANNA)
    await anna.chat.pay(link=await anna.to_pay("stars"))
    await anna.sees("Your access to")
    await kiosk.quiet()
    stars = kiosk.tables.one("SELECT minor FROM receipts")
    olga = await at_the_money(kiosk)
    half = kiosk.tables.one("SELECT minor / 2 FROM receipts")
    await olga.tap(f"refund:1:{half}")
    await olga.sees("all of a payment or nothing")
    await look_again(olga)

    await give(olga, str(stars), "p")

    await olga.sees("It is: done")
    await kiosk.quiet()
    assert states(kiosk) == ("refunded", "refunded", "ended")
    assert len(await kiosk.preview.calls("refundStarPayment")) == 1


async def test_a_refund_that_the_bank_returns_reaches_him_another_way(kiosk: Kiosk) -> None:
    anna, page = await bought(kiosk)
    olga = await at_the_money(kiosk)
    await give(olga, "799", "p")
    await anna.sees("goes back to you")
    await kiosk.quiet()

    await anna.pay(page, "bounce")

    await anna.sees("Your bank did not take the")
    await olga.sees("came back: the bank did not take it")
    await kiosk.quiet()
    assert kiosk.tables.rows("SELECT route, state, minor FROM refunds") == [
        ("provider", "manual", 799)
    ]
    await olga.tap("refund_details:1")
    await olga.sees("A bank returned this money")
    await olga.tap("refund_not_paid:1")
    await anna.sees("into your wallet here")
    await kiosk.quiet()
    assert kiosk.tables.one("SELECT SUM(-minor) FROM journal WHERE account = 'wallet'") == 799
    assert kiosk.tables.rows("SELECT route, state FROM refunds") == [("returned", "done")]
    assert states(kiosk) == ("refunded", "refunded", "ended"), "what ended stays ended"
