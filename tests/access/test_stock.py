import asyncio

import pytest

from bot.encryption import FernetEncryption
from shop.access import stock_loading
from shop.access.stock import BooksShelf, swap_line, take_line
from shop.access.stock_loading import Loaded, load_stock
from shop.access.stock_records import Stock
from shop.books.books import Books
from shop.books.opening import Storage
from shop.core.errors import NotFoundError
from shop.core.policy import Policy
from shop.messaging.outbox_records import Outbox
from shop.ports import OutOfStockError
from shop.staff.audit_records import AuditLog
from tests.fixtures.books import NOW, StoppedClock, put_plan, subscribe

VAULT = FernetEncryption("a key for tests")
POLICY = Policy(low_stock=2, staff_ids=(7, 8))


def lines(first: int, behind: int) -> str:
    return "username,password\n" + "".join(f"user{i},pass{i}\n" for i in range(first, behind))


def load(books: Books, text: str) -> Loaded:
    return load_stock(books, "solo", text, encryption=VAULT, now=NOW)


def take(books: Books, subscription_id: int) -> str:
    line = take_line(books, "solo", subscription_id, encryption=VAULT, policy=POLICY, now=NOW)
    return line.credentials.username


def swap(books: Books, subscription_id: int) -> str:
    line = swap_line(books, "solo", subscription_id, encryption=VAULT, policy=POLICY, now=NOW)
    return line.credentials.username


def told(books: Books) -> list[tuple[int, int]]:
    """What staff heard, as (who, how many are left)."""
    effects = books[Outbox].claim(now=NOW, lease=NOW, most=100)
    heard = []
    while effects:
        for effect in effects:
            assert effect.kind == "staff"
            assert effect.payload["notice"] == "low_stock"
            assert effect.lane == f"chat:{effect.payload['to']}"
            heard.append((effect.payload["to"], effect.payload["left"]))
            books[Outbox].finish(effect.id, now=NOW)
        effects = books[Outbox].claim(now=NOW, lease=NOW, most=100)
    return heard


@pytest.fixture
async def shop(storage: Storage) -> Storage:
    """A shop with a plan and twenty subscribers, numbered from 1."""

    def set_up(books: Books) -> None:
        put_plan(books)
        for i in range(1, 21):
            assert subscribe(books, i) == i

    await storage.run(set_up)
    return storage


async def test_lines_are_loaded_once(shop: Storage) -> None:
    assert await shop.run(load, lines(0, 3)) == Loaded(added=3, repeated=0)
    again = await shop.run(load, lines(1, 5) + "user9,\n")
    assert again == Loaded(added=2, repeated=2, refused=((6, "password is empty"),))
    assert await shop.read(lambda books: books[Stock].left("solo")) == 5


async def test_what_staff_load_is_on_the_shelf_only_with_its_row_in_the_audit(
    shop: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def load_by_staff() -> Loaded:
        return await shop.run(
            stock_loading.load, 7, plan="solo", csv_text=lines(0, 3), encryption=VAULT, now=NOW
        )

    with monkeypatch.context() as patch:
        patch.setattr(AuditLog, "audit", unwritable)
        with pytest.raises(OSError, match="no room"):
            await load_by_staff()
    assert await shop.read(lambda books: books[Stock].left("solo")) == 0

    assert (await load_by_staff()).added == 3
    [act] = await shop.read(lambda books: books[AuditLog].latest_acts(most=9))
    assert (act.staff_id, act.act, act.facts["added"]) == (7, "load_stock", 3)


def unwritable(*_: object, **__: object) -> None:
    raise OSError(28, "no room")


async def test_the_same_line_twice_in_a_file_counts_once(shop: Storage) -> None:
    loaded = await shop.run(load, "username,password\na,b\na,b\n")
    assert (loaded.added, loaded.repeated) == (1, 1)


def file(*rows: str) -> str:
    return "\n".join(["username,password,url", *rows])


def in_hand(books: Books, subscription_id: int) -> tuple[str, str]:
    line = take_line(books, "solo", subscription_id, encryption=VAULT, policy=POLICY, now=NOW)
    return line.credentials.password, line.credentials.url


async def test_of_an_account_with_two_passwords_the_first_counts(shop: Storage) -> None:
    loaded = await shop.run(load, file("a,b", "a,c", "a,d,https://other.example"))
    assert loaded == Loaded(added=1, repeated=0, named_twice=("a", "a"))


@pytest.mark.parametrize(
    "again",
    [
        "acc1,new,http://tv.example:8080/get.php",
        "acc1,old,https://TV.example/get.php",
        "acc1,old",
        "acc1,old,https://tv.example:8443/get.php?username=acc1",
    ],
)
async def test_an_account_on_the_shelf_is_asked_about_and_never_stands_there_twice(
    shop: Storage, again: str
) -> None:
    await shop.run(load, file("acc1,old,http://tv.example/get.php"))
    asked = await shop.run(load, file(again))
    assert asked == Loaded(added=0, repeated=0, differing=("acc1",))
    assert await shop.read(lambda books: books[Stock].left("solo")) == 1

    answered = await shop.run(
        load_stock, "solo", file(again), encryption=VAULT, now=NOW, replaces=True
    )
    assert answered == Loaded(added=0, repeated=0, replaced=1)
    assert await shop.run(load, file(again)) == Loaded(added=0, repeated=1)
    _, password, *url = again.split(",")
    assert await shop.run(in_hand, 1) == (password, "".join(url))


async def test_an_account_that_somebody_has_or_had_is_not_loaded_again(shop: Storage) -> None:
    await shop.run(load, file("sold,a,https://tv.example", "swapped,a,https://tv.example", "b,b"))
    assert await shop.run(take, 1) == "sold"
    assert await shop.run(take, 2) == "swapped"
    assert await shop.run(swap, 2) == "b"
    for replaces in (False, True):
        loaded = await shop.run(
            load_stock,
            "solo",
            file("sold,new,http://tv.example", "swapped,new,http://tv.example"),
            encryption=VAULT,
            now=NOW,
            replaces=replaces,
        )
        assert loaded == Loaded(added=0, repeated=0, handed_out=("sold", "swapped"))
    assert await shop.run(in_hand, 1) == ("a", "https://tv.example")
    assert await shop.read(lambda books: books[Stock].left("solo")) == 0


async def test_one_name_in_two_panels_is_two_accounts(shop: Storage) -> None:
    loaded = await shop.run(load, file("a,b,https://one.example", "a,b,https://two.example"))
    assert loaded == Loaded(added=2, repeated=0)


async def test_an_account_stands_on_one_plans_shelf(shop: Storage) -> None:
    await shop.run(put_plan, "duo")
    await shop.run(load, file("a,b,https://one.example"))
    loaded = await shop.run(
        load_stock, "duo", file("a,c,https://one.example"), encryption=VAULT, now=NOW
    )
    assert loaded.differing == ("a",)
    assert await shop.read(lambda books: books[Stock].levels()) == {"solo": 1}


async def test_stock_for_an_unknown_plan_is_refused(shop: Storage) -> None:
    with pytest.raises(NotFoundError, match="There is no plan gold"):
        await shop.run(load_stock, "gold", lines(0, 1), encryption=VAULT, now=NOW)


async def test_nothing_readable_lies_in_the_books(shop: Storage) -> None:
    await shop.run(load, "username,password,url,note\nada,hush-hush,https://secret.example,psst\n")
    await shop.run(take, 1)
    line = await shop.read(lambda books: books[Stock].in_hand(1))
    assert line is not None
    for secret in (b"ada", b"hush", b"secret", b"psst"):
        assert secret not in line.encrypted


async def test_lines_go_out_in_the_order_they_came_and_stay_with_their_owner(
    shop: Storage,
) -> None:
    await shop.run(load, lines(0, 3))
    assert [await shop.run(take, 1), await shop.run(take, 2)] == ["user0", "user1"]
    assert await shop.run(take, 1) == "user0"


async def test_swapping_hands_out_another_and_never_the_old_one_again(shop: Storage) -> None:
    await shop.run(load, lines(0, 3))
    await shop.run(take, 1)
    assert await shop.run(swap, 1) == "user1"
    assert await shop.run(take, 1) == "user1"
    assert await shop.run(take, 2) == "user2"
    with pytest.raises(OutOfStockError):
        await shop.run(take, 3)


async def test_swapping_with_nothing_left_keeps_the_line_in_use(shop: Storage) -> None:
    await shop.run(load, lines(0, 1))
    await shop.run(take, 1)
    with pytest.raises(OutOfStockError):
        await shop.run(swap, 1)
    assert await shop.run(take, 1) == "user0"


async def test_swapping_with_nothing_in_hand_takes_one(shop: Storage) -> None:
    await shop.run(load, lines(0, 1))
    assert await shop.run(swap, 1) == "user0"


async def test_staff_hear_once_that_few_are_left_and_once_that_none_are(shop: Storage) -> None:
    await shop.run(load, lines(0, 5))
    heard = []
    for subscription_id in range(1, 6):
        await shop.run(take, subscription_id)
        heard.append(await shop.run(told))
    assert heard == [[], [], [(7, 2), (8, 2)], [], [(7, 0), (8, 0)]]


async def test_after_another_load_staff_hear_again(shop: Storage) -> None:
    await shop.run(load, lines(0, 3))
    await shop.run(take, 1)
    assert await shop.run(told) == [(7, 2), (8, 2)]
    await shop.run(load, lines(3, 4))
    await shop.run(take, 2)
    assert await shop.run(told) == [(7, 2), (8, 2)]


async def test_taking_the_line_one_has_tells_nobody(shop: Storage) -> None:
    await shop.run(load, lines(0, 4))
    await shop.run(take, 1)
    await shop.run(take, 1)
    assert await shop.run(told) == []


async def test_an_empty_shelf_tells_staff_once(shop: Storage) -> None:
    shelf = BooksShelf(shop, encryption=VAULT, clock=StoppedClock(), policy=POLICY)
    for act in (shelf.take, shelf.swap, shelf.take):
        with pytest.raises(OutOfStockError):
            await act("solo", 1)
    assert await shop.run(told) == [(7, 0), (8, 0)]


async def test_twenty_at_once_get_a_line_each(shop: Storage) -> None:
    await shop.run(load, lines(0, 20))
    got = await asyncio.gather(*(shop.run(take, i) for i in range(1, 21)))
    assert sorted(got) == sorted(f"user{i}" for i in range(20))
    assert [who for who, left in await shop.run(told) if left == 0] == [7, 8]


async def test_the_last_line_goes_to_one_of_many(shop: Storage) -> None:
    await shop.run(load, lines(0, 1))
    got = await asyncio.gather(*(shop.run(take, i) for i in range(1, 9)), return_exceptions=True)
    assert got.count("user0") == 1
    assert sum(isinstance(one, OutOfStockError) for one in got) == 7


async def test_one_subscription_asking_many_times_at_once_gets_one_line(shop: Storage) -> None:
    await shop.run(load, lines(0, 9))
    got = await asyncio.gather(*(shop.run(take, 1) for _ in range(8)))
    assert set(got) == {"user0"}
    assert await shop.read(lambda books: books[Stock].left("solo")) == 8


async def test_two_loads_at_once_count_each_line_once(shop: Storage) -> None:
    results = await asyncio.gather(*(shop.run(load, lines(0, 50)) for _ in range(4)))
    assert sum(loaded.added for loaded in results) == 50
