"""What can go wrong, one function a row: it sells one month with that trouble on the way."""

import asyncio
import resource
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.faults.findings import Findings
from tests.faults.scene import LEASE, POLL, Scene
from tests.faults.wire import EVERYTHING, Money
from tests.standins.moods import Delivery, Mood

HOUR = 3600
IN_CHAT = ("stars", "telegram_cards")
CHECKOUT = "answerPreCheckoutQuery"  # Telegram takes the money once this was answered
# The use case that takes the money into the books, where it is not the webhook's.
_SETTLES = {"stars": "keep_updates", "telegram_cards": "keep_updates", "transfer": "approve"}
SILENT = "does not answer just now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A fault: what happens, and on which books it is tried."""

    name: str
    story: str
    play: Callable[[Scene], Awaitable[Findings]]
    dialect: str = "sqlite"
    processes: int = 1
    needs_provider: bool = False


async def killed(scene: Scene) -> Findings:
    """Kill it three times: page made but not noted, money settled but not committed, committed."""
    await start(scene, crash_at="provider:create:after:1")
    await scene.to_ways()
    await scene.tap_way()
    await died(scene)
    scene.skip(LEASE)
    await start(scene)
    await scene.page()
    scene.shop.kill()
    use_case = _SETTLES.get(scene.column.name, "settle_all")
    await start(scene, crash_at=f"books:{use_case}:inside:1")
    delivery = await scene.pay()
    await scene.deliver(delivery)
    await died(scene)
    scene.skip(LEASE)
    await start(scene, crash_at=f"books:{use_case}:after:1")
    await scene.deliver(delivery)
    await died(scene)
    scene.skip(LEASE)
    await start(scene)
    await scene.deliver(delivery)
    return await scene.end(step=10)


async def file_locked(scene: Scene) -> Findings:
    """The file is locked by somebody else while the money comes."""
    await start(scene)
    await scene.to_pay()
    path = scene.database.removeprefix("sqlite:///")
    other = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
    try:
        delivery = await paid_while(scene, lambda: void(other.execute("BEGIN IMMEDIATE")))
        await asyncio.sleep(0.5 if delivery else 2.5)
        other.execute("ROLLBACK")
    finally:
        other.close()
    await scene.deliver(delivery)
    return await scene.end(step=10)


async def server_gone(scene: Scene) -> Findings:
    """Every connection to PostgreSQL is cut and none is let in while the money comes."""
    await start(scene)
    await scene.to_pay()
    delivery = await paid_while(scene, lambda: allow(scene.database, is_allowed=False))
    await asyncio.sleep(0.5 if delivery else 2.5)
    allow(scene.database, is_allowed=True)
    for _ in range(20):
        if await scene.deliver(delivery) != "503":
            break
        scene.answers.pop()  # how often depends on how soon the pool finds the server again
        await asyncio.sleep(0.5)
    return await scene.end(step=10)


async def disk_full(scene: Scene) -> Findings:
    """No file can grow while the money comes."""
    await start(scene)
    await scene.to_pay()
    pid = scene.shop.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    full = (512, before[1])
    delivery = await paid_while(
        scene, lambda: void(resource.prlimit(pid, resource.RLIMIT_FSIZE, full))
    )
    await asyncio.sleep(0.5 if delivery else 2.5)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
    await scene.deliver(delivery)
    return await scene.end(step=10)


async def provider_down(scene: Scene) -> Findings:
    """The provider answers 503 to the first tap, then while it should say what became of it."""
    return await away(scene, Mood.DOWN)


async def provider_slow(scene: Scene) -> Findings:
    """The same, but it takes what it is asked and answers after our patience has ended."""
    return await away(scene, Mood.SLOW)


async def telegram_down(scene: Scene) -> Findings:
    """Telegram answers nothing while the money comes, and for some time after."""
    await start(scene)
    await scene.to_pay()

    def cut() -> None:
        # Stars are taken by this very answer, which still comes through; nothing after it does.
        scene.wire.cut = frozenset({"getUpdates", "sendMessage", "sendPhoto", "editMessageText"})

    if scene.column.name in IN_CHAT:
        scene.wire.before[CHECKOUT] = cut
        await scene.pay()
    elif scene.column.name == "transfer":
        scene.wire.cut = EVERYTHING
        await scene.pay()
    else:
        delivery = await scene.pay()
        scene.wire.cut = EVERYTHING
        await scene.deliver(delivery)
    await asyncio.sleep(3)
    scene.wire.cut = frozenset()
    return await scene.end(step=10)


async def clock_ahead(scene: Scene) -> Findings:
    """The shop's clock jumps an hour ahead while the money comes, and later back."""
    return await wrong_clock(scene, HOUR)


async def clock_behind(scene: Scene) -> Findings:
    """The shop's clock jumps an hour back while the money comes, and later ahead."""
    return await wrong_clock(scene, -HOUR)


async def webhook_lost(scene: Scene) -> Findings:
    """The money comes, and nobody tells us; where nobody can be asked, it is told again."""
    await start(scene)
    await scene.to_pay()
    scene.wire.money = Money.LOST if scene.column.can_be_asked else Money.REPEATED
    await scene.pay()
    if scene.column.can_be_asked:
        await scene.is_asked()
    return await scene.end(step=POLL)


async def webhook_doubled(scene: Scene) -> Findings:
    """The same webhook comes twice, five times at once, and again after all is done."""
    await start(scene)
    await scene.to_pay()
    scene.wire.money = Money.DOUBLED
    delivery = await scene.pay()
    for _ in range(2):
        await scene.deliver(delivery)
    await asyncio.gather(*(scene.deliver(delivery) for _ in range(5)))
    await told(scene)
    await scene.deliver(delivery)
    return await scene.end()


async def two_processes(scene: Scene) -> Findings:
    """Two processes share the books; both are told at once, and both ask."""
    await start(scene)
    await scene.to_pay()
    delivery = await scene.pay()
    await asyncio.gather(*(scene.deliver(delivery, to=shop) for shop in (*scene.shops,) * 3))
    scene.skip(POLL)
    return await scene.end(step=POLL)


ROWS = (
    Row(name="SIGKILL", play=killed,
        story="killed three times: when the page was made and not noted, when the money was "
        "settled and not committed, when it was committed and not answered"),
    Row(name="database gone (SQLite)", play=file_locked,
        story="another program holds the file while the money comes"),
    Row(name="database gone (PostgreSQL)", play=server_gone, dialect="postgres",
        story="every connection is cut and none let in while the money comes"),
    Row(name="disk full", play=disk_full,
        story="no file of the shop can grow while the money comes"),
    Row(name="provider down", play=provider_down, needs_provider=True,
        story="503 to the first tap; then its webhook does not come, and 503 to our question"),
    Row(name="provider slow", play=provider_slow, needs_provider=True,
        story="the same, but it does what it is asked and answers after our patience has ended"),
    Row(name="Telegram down", play=telegram_down,
        story="Telegram answers nothing while the money comes, and for a while after"),
    Row(name="clock an hour ahead", play=clock_ahead,
        story="the shop's clock jumps while the money comes, and an hour later is right again"),
    Row(name="clock an hour behind", play=clock_behind,
        story="the same, the other way"),
    Row(name="webhook lost", play=webhook_lost,
        story="the money comes, and nobody tells us; with cards in Telegram and transfers, where "
        "nobody can be asked, an answer is lost, and Telegram tells again what was not confirmed"),
    Row(name="webhook doubled", play=webhook_doubled,
        story="twice, then five times at once, then once more when all is done"),
    Row(name="two processes (PostgreSQL)", play=two_processes, dialect="postgres", processes=2,
        story="both are told three times at once, and both ask the provider"),
)  # fmt: skip


# --- what the rows are made of -------------------------------------------------------------------


async def start(scene: Scene, *, crash_at: str = "") -> None:
    await asyncio.gather(
        *(asyncio.to_thread(shop.start, crash_at=crash_at) for shop in scene.shops)
    )


async def died(scene: Scene) -> None:
    assert await asyncio.to_thread(scene.shop.wait_for_death), scene.shop.log.read_text("utf-8")
    scene.shop.kill()


async def told(scene: Scene) -> None:
    async def is_credited() -> bool:
        return scene.credited() > 0

    await scene.until(is_credited, "the money in the books", step=0)


async def paid_while(scene: Scene, happens: Callable[[], None]) -> Delivery | None:
    """Let it happen, then pay and tell; with Stars, when Telegram was told to take the money."""
    if scene.column.name in IN_CHAT:
        scene.wire.before[CHECKOUT] = happens
        await scene.pay()
        return None
    if scene.column.name == "transfer":
        happens()
        return await scene.pay()
    delivery = await scene.pay()
    happens()
    await scene.deliver(delivery)
    return delivery


async def away(scene: Scene, mood: Mood) -> Findings:
    await start(scene)
    if scene.column.trouble:
        await scene.to_pay()
        scene.skip(HOUR)
        await scene.pay()
        return await scene.end(step=10)
    await scene.to_ways()
    scene.column.feel(mood)
    if SILENT not in await scene.tap_way(wait=5):  # a quick no pops up, a late one is written
        await scene.hears(SILENT)
    scene.column.feel(Mood.UP)
    await scene.tap_way()
    await scene.page()
    scene.wire.money = Money.LOST if scene.column.can_be_asked else Money.REPEATED
    await scene.pay()
    if scene.column.can_be_asked:
        scene.column.feel(mood)
        await scene.is_asked()
        assert scene.credited() == 0
        scene.column.feel(Mood.UP)
    return await scene.end(step=POLL)


async def wrong_clock(scene: Scene, seconds: int) -> Findings:
    await start(scene)
    await scene.to_pay()
    is_told_in_chat = scene.column.name in _SETTLES
    delivery = None if is_told_in_chat else await scene.pay()
    scene.jump(seconds)
    if is_told_in_chat:
        await scene.pay()
    await scene.deliver(delivery)
    await asyncio.sleep(1.5)
    scene.jump(-seconds)
    scene.skip(HOUR + POLL)
    return await scene.end(step=POLL)


def allow(url: str, *, is_allowed: bool) -> None:
    """Open or shut one database of the server, for whoever is in it as well."""
    name = str(conninfo_to_dict(url)["dbname"])
    with psycopg.connect(make_conninfo(url, dbname="postgres"), autocommit=True) as admin:
        admin.execute(
            sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(
                sql.Identifier(name), sql.Literal(is_allowed)
            )
        )
        if not is_allowed:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )


def void(_: object) -> None:
    """Throw a value away."""
