"""What can go wrong, one function a row: it sells one month with that trouble on the way."""

import asyncio
import resource
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from preview.client import text_of
from tests.faults.findings import ACCESS, RECEIPT, Findings
from tests.faults.scene import IN_CHAT, LEASE, NO_ANSWER, POLL, Scene
from tests.faults.wire import COPIES, EVERYTHING, LISTENING, SPEAKING, Money, Telling
from tests.standins.moods import Delivery, Mood

HOUR = 3600
NEAR = 60  # seconds by which two looks at one clock may differ
CHECKOUT = "answerPreCheckoutQuery"  # Telegram takes the money once this was answered
STAMPED = ("sandbox_card", "stripe", "coinbase")  # they sign the time, too
HINTED = ("btcpay",)  # the webhook makes the shop ask at once; money is what it then hears
# The use case that takes the money into the books, where it is not the webhook's.
_SETTLES = {
    "stars": "keep_updates",
    "telegram_cards": "keep_updates",
    "transfer": "approve",
    "btcpay": "note_poll",
}
# Their webhooks say how a dispute stands; what others deny, the shop asks about.
BELIEVED = ("sandbox_card", "stripe")
OPEN, SHUT = 200, 403
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
    await died(scene, "page made")
    noted = scene.tables.one("SELECT COUNT(*) FROM payments WHERE url <> ''")
    scene.strikes("not noted", is_so=noted == 0)
    scene.skip(LEASE)
    await start(scene)
    await scene.page()
    await scene.is_answered()  # else the tap comes again in every life, and is given up
    scene.shop.kill()
    use_case = _SETTLES.get(scene.column.name, "settle_all")
    is_hinted = scene.column.name in HINTED
    delivery = await scene.pay() if is_hinted else None
    await start(scene, crash_at=f"books:{use_case}:inside:1")
    delivery = delivery or await scene.pay()
    await scene.deliver(delivery)
    await died(scene, "settled")
    scene.strikes("not committed", is_so=scene.credited() == 0)
    scene.skip(LEASE)
    await start(scene, crash_at=f"books:{use_case}:after:1")
    if not is_hinted:
        await scene.deliver(delivery)
    await died(scene, "settled again")
    scene.strikes("committed", is_so=scene.credited() == 1)
    scene.skip(LEASE)
    await start(scene)
    await scene.deliver(delivery)
    answered(scene, ["200"] * 2 if is_hinted else [NO_ANSWER, NO_ANSWER, "200"])
    return await scene.end(step=10)


async def file_locked(scene: Scene) -> Findings:
    """The file is locked by somebody else while the money comes."""
    await start(scene)
    await scene.to_pay()
    path = scene.database.removeprefix("sqlite:///")
    other = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
    try:
        delivery = await paid_while(scene, lambda: void(other.execute("BEGIN IMMEDIATE")))
        await is_turned_away(scene)
        scene.strikes("the file was locked all that time", is_so=other.in_transaction)
        scene.strikes("nothing was credited", is_so=scene.credited() == 0)
        other.execute("ROLLBACK")
    finally:
        other.close()
    await scene.deliver(delivery)
    answered(scene, ["503", "200"])
    return await scene.end(step=10)


async def server_gone(scene: Scene) -> Findings:
    """Every connection to PostgreSQL is cut and none is let in while the money comes."""
    await start(scene)
    await scene.to_pay()
    delivery = await paid_while(scene, lambda: allow(scene.database, is_allowed=False))
    await is_turned_away(scene)
    scene.strikes("no connection was left or let in", is_so=is_shut(scene.database))
    allow(scene.database, is_allowed=True)
    for _ in range(20):
        if await scene.deliver(delivery) != "503":
            break
        scene.answers.pop()  # how often depends on how soon the pool finds the server again
        await asyncio.sleep(0.5)
    answered(scene, ["503", "200"])
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
    await is_turned_away(scene)
    limit = resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
    scene.strikes("no file could grow all that time", is_so=limit == full)
    scene.strikes("nothing was credited", is_so=scene.credited() == 0)
    await scene.deliver(delivery)
    answered(scene, ["503", "200"])
    return await scene.end(step=10)


async def provider_down(scene: Scene) -> Findings:
    """The provider answers 503 to the first tap, then while it should say what became of it."""
    return await away(scene, Mood.DOWN, "was refused")


async def provider_slow(scene: Scene) -> Findings:
    """The same, but it takes what it is asked and answers after our patience has ended."""
    return await away(scene, Mood.SLOW, "was given up")


async def telegram_down(scene: Scene) -> Findings:
    """Telegram refuses every call while the money comes, then hears but says nothing."""
    await start(scene)
    await scene.to_pay()
    wire = scene.wire

    def cut() -> None:
        # Telegram takes the money upon this very answer, which still comes through.
        wire.cut = LISTENING | SPEAKING

    if scene.column.name in IN_CHAT:
        if scene.column.name == "transfer":
            wire.cut = EVERYTHING
        else:
            wire.before[CHECKOUT] = cut
        await scene.pay()
        await scene.is_refused(LISTENING)
        scene.strikes("not heard: getUpdates refused", is_so=scene.credited() == 0)
        wire.cut = SPEAKING
        await told(scene)
    else:
        delivery = await scene.pay()
        wire.cut = EVERYTHING
        await scene.deliver(delivery)
        answered(scene, ["200"])
    await scene.is_refused(SPEAKING)
    said = "\n".join(text_of(one) for one in await scene.chat.messages())
    scene.strikes("credited and not told: messages refused", is_so=RECEIPT not in said)
    wire.cut = frozenset()
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
    met = scene.column.met(Mood.UP)
    await scene.pay()
    if scene.column.can_be_asked:
        scene.strikes("nobody told", is_so=scene.inbox_events() == [] and scene.credited() == 0)
        await scene.is_met(Mood.UP, beyond=met, step=POLL)
        scene.strikes("the provider was asked", is_so=scene.column.met(Mood.UP) > met)
        findings = await scene.end(step=POLL)
        assert (scene.tellings, scene.wire.told) == ([], 0), "still nobody has told"
        return findings
    findings = await scene.end(step=POLL)
    scene.strikes(
        "the answer was lost, and told again", is_so=(scene.wire.lost, scene.wire.told) == (1, 1)
    )
    return replace(findings, struck=tuple(scene.struck))


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
    scene.wire.money = Money.COMES
    await scene.deliver(delivery)
    if scene.column.name in IN_CHAT:
        await scene.is_told(COPIES)
        (number,) = scene.wire.money_ids
        await scene.preview.deliver_again(number)
        await scene.is_told(COPIES + 1)
    findings = await scene.end()
    answered(scene, ["200"] * 8)
    times = len(scene.answers) or scene.wire.told
    is_so = times == COPIES + 1 and len(scene.inbox_events()) == events_of(scene)
    scene.strikes("told eight times, kept once", is_so=is_so)
    return replace(findings, struck=tuple(scene.struck))


async def two_processes(scene: Scene) -> Findings:
    """Two processes share the books; both are told at once, while the payment is asked about."""
    await start(scene)
    await scene.to_pay()
    scene.skip(POLL)
    delivery = await scene.pay()
    await asyncio.gather(*(scene.deliver(delivery, to=process) for process in (0, 1) * 3))
    await told(scene)
    findings = await scene.end(step=POLL)
    tellings = scene.tellings or scene.fork.tellings
    for process in (0, 1):
        statuses = [one.status for one in tellings if one.process == process]
        scene.strikes(f"process {process + 1} took it 3×", is_so=statuses == [200] * 3)
    scene.strikes("at the same time", is_so=overlap(tellings))
    scene.strikes("kept once", is_so=len(scene.inbox_events()) == events_of(scene))
    return replace(findings, struck=tuple(scene.struck))


async def taken_back(scene: Scene) -> Findings:
    """The provider takes its word back and tells so three times, then it counts again."""
    await start(scene)
    await sold(scene)
    undone = await scene.undo()
    if undone is None:
        return await never_undone(scene)
    await thrice(scene, undone)
    await is_held(scene)
    await is_restored(scene)
    findings = await scene.end(step=POLL)
    answered(scene, ["200"] * 7)
    return findings


async def taken_back_killed(scene: Scene) -> Findings:
    """The same; killed when that was booked and not committed, and when it was committed."""
    await start(scene)
    await sold(scene)
    undone = await scene.undo()
    if undone is None:
        return await never_undone(scene)
    is_hinted = scene.column.name not in BELIEVED
    use_case = "note_poll" if is_hinted else "settle_all"
    for place in ("inside", "after"):
        scene.shop.kill()
        await start(scene, crash_at=f"books:{use_case}:{place}:1")
        if place == "inside" or not is_hinted:
            await scene.deliver(undone)
        await died(scene, f"taken back: {place} the transaction")
        scene.skip(LEASE)
    await start(scene)
    await is_held(scene)
    await is_restored(scene)
    return await scene.end(step=POLL)


ROWS = (
    Row(
        name="SIGKILL",
        play=killed,
        story="killed three times: when the page was made and not noted, when the money was "
        "settled and not committed, when it was committed and not answered",
    ),
    Row(
        name="database gone (SQLite)",
        play=file_locked,
        story="another program holds the file while the money comes",
    ),
    Row(
        name="database gone (PostgreSQL)",
        play=server_gone,
        dialect="postgres",
        story="every connection is cut and none let in while the money comes",
    ),
    Row(
        name="disk full",
        play=disk_full,
        story="no file of the shop can grow while the money comes",
    ),
    Row(
        name="provider down",
        play=provider_down,
        needs_provider=True,
        story="503 to the first tap; then its webhook does not come, and 503 to our question",
    ),
    Row(
        name="provider slow",
        play=provider_slow,
        needs_provider=True,
        story="the same, but it does what it is asked and answers after our patience has ended",
    ),
    Row(
        name="Telegram down",
        play=telegram_down,
        story="Telegram answers 502 to every call while the money comes; then it tells of it, and "
        "still refuses every message",
    ),
    Row(
        name="clock an hour ahead",
        play=clock_ahead,
        story="the shop's clock jumps while the money comes, and an hour later is right again",
    ),
    Row(name="clock an hour behind", play=clock_behind, story="the same, the other way"),
    Row(
        name="webhook lost",
        play=webhook_lost,
        story="the money comes, and nobody tells us; with cards in Telegram and transfers, where "
        "nobody can be asked, an answer is lost, and Telegram tells again what was not confirmed",
    ),
    Row(
        name="webhook doubled",
        play=webhook_doubled,
        story="twice, then five times at once, then once more when all is done; in the chat, "
        "seven times in one answer, then once more",
    ),
    Row(
        name="two processes (PostgreSQL)",
        play=two_processes,
        dialect="postgres",
        processes=2,
        story="both are told three times at once, just when the provider is to be asked",
    ),
    Row(
        name="word taken back",
        play=taken_back,
        story="paid and delivered; then the provider takes that back and says so three times (a "
        "dispute, coins that the chain lost, failed after all), and later that it counts again, "
        "three times; Crypto Pay, Telegram and banks tell the shop of nothing like that",
    ),
    Row(
        name="word taken back, SIGKILL",
        play=taken_back_killed,
        story="the same, killed when that was booked and not committed, and again when it was",
    ),
)


# --- what the rows are made of -------------------------------------------------------------------


async def sold(scene: Scene) -> None:
    """A month, paid and delivered."""
    await scene.to_pay()
    await scene.deliver(await scene.pay())
    await scene.hears(ACCESS)
    await scene.shuts(OPEN)
    await scene.rests()
    scene.skip(POLL)


async def never_undone(scene: Scene) -> Findings:
    """Nobody can take this back and restore it: it is a sale as any."""
    scene.strikes("nothing: its provider tells of nothing like it", is_so=True)
    return await scene.end(step=POLL)


async def thrice(scene: Scene, delivery: Delivery) -> None:
    for _ in range(3):
        await scene.deliver(delivery)


async def is_held(scene: Scene) -> None:
    await scene.shuts(SHUT, step=POLL)
    held = scene.tables.one("SELECT COUNT(*) FROM disputes WHERE state = 'open'")
    scene.strikes("taken back: the door shut, one case open", is_so=held == 1)
    scene.skip(POLL)


async def is_restored(scene: Scene) -> None:
    restored = await scene.restore()
    assert restored
    await thrice(scene, restored)
    await scene.shuts(OPEN, step=POLL)
    won = scene.tables.one("SELECT COUNT(*) FROM disputes WHERE state = 'won'")
    scene.strikes("restored: it opened, the case won", is_so=won == 1)


async def start(scene: Scene, *, crash_at: str = "") -> None:
    await asyncio.gather(
        *(asyncio.to_thread(shop.start, crash_at=crash_at) for shop in scene.shops)
    )


async def died(scene: Scene, where: str) -> None:
    """It killed itself at its place; the launcher leaves the name of that place."""
    has_died = await asyncio.to_thread(scene.shop.wait_for_death)
    assert has_died, scene.shop.log.read_text("utf-8")
    scene.strikes(f"killed when {where}", is_so=has_died)
    scene.shop.kill()


def answered(scene: Scene, answers: list[str]) -> None:
    """Where there is a door for the provider: what it said to each try."""
    if scene.column.name not in IN_CHAT:
        assert scene.answers == answers


async def is_turned_away(scene: Scene) -> None:
    """The books could not take it: Telegram, which nobody confirmed, told again."""
    if scene.column.name in IN_CHAT:
        await scene.is_told(2)
        scene.strikes("Telegram had to tell again", is_so=scene.wire.told > 1)
    else:
        scene.strikes("the door answered 503", is_so=scene.answers == ["503"])


def overlap(tellings: Sequence[Telling]) -> bool:
    """Whether a telling of one process went on while another was told."""
    return any(
        one.process != other.process and one.began < other.ended and other.began < one.ended
        for one in tellings
        for other in tellings
    )


async def told(scene: Scene) -> None:
    async def is_credited() -> bool:
        return scene.credited() > 0

    await scene.until(is_credited, "the money in the books", step=0)


async def paid_while(scene: Scene, happens: Callable[[], None]) -> Delivery | None:
    """Let it happen, then pay and tell; with Stars, when Telegram was told to take the money."""
    if scene.column.name == "transfer":
        happens()
        return await scene.pay()
    if scene.column.name in IN_CHAT:
        scene.wire.before[CHECKOUT] = happens
        await scene.pay()
        return None
    delivery = await scene.pay()
    happens()
    await scene.deliver(delivery)
    return delivery


async def away(scene: Scene, mood: Mood, what: str) -> Findings:
    await start(scene)
    if scene.column.trouble:
        await scene.to_pay()
        scene.skip(HOUR)
        await scene.pay()
        scene.strikes("nothing that could be away", is_so=scene.column.asked == 0)
        return await scene.end(step=10)
    await scene.to_ways()
    scene.column.feel(mood)
    if SILENT not in await scene.tap_way(wait=5):  # a quick no pops up, a late one is written
        await scene.hears(SILENT)
    await scene.is_met(mood, beyond=0)
    scene.strikes(f"the page {what}", is_so=scene.column.met(mood) > 0)
    scene.column.feel(Mood.UP)
    await scene.tap_way()
    await scene.page()
    scene.wire.money = Money.LOST if scene.column.can_be_asked else Money.REPEATED
    await scene.pay()
    if scene.column.can_be_asked:
        met = scene.column.met(mood)
        scene.column.feel(mood)
        await scene.is_met(mood, beyond=met, step=POLL)
        scene.strikes(f"the question {what}", is_so=scene.credited() == 0)
        scene.column.feel(Mood.UP)
    return await scene.end(step=POLL)


async def wrong_clock(scene: Scene, seconds: int) -> Findings:
    await start(scene)
    await scene.to_pay()
    is_told_in_chat = scene.column.name in IN_CHAT
    delivery = None if is_told_in_chat else await scene.pay()
    scene.jump(seconds)
    if is_told_in_chat:
        await scene.pay()
    await scene.deliver(delivery)
    if scene.column.name in STAMPED:
        answered(scene, ["400"])
        await scene.chat.send("/help")
        at = await scene.until(lambda: heard(scene), "a word to the shop")
        scene.strikes("the shop's clock was an hour off", is_so=is_off(scene, at, seconds))
        scene.strikes("what is signed an hour off is refused", is_so=scene.inbox_events() == [])
    else:
        answered(scene, ["200"])
        await told(scene)
        inbox_events = scene.inbox_events()
        is_so = len(inbox_events) == events_of(scene) and all(
            is_off(scene, at, seconds) for at, _ in inbox_events
        )
        scene.strikes("the money came an hour off", is_so=is_so)
    scene.jump(-seconds)
    scene.skip(HOUR + POLL)
    return await scene.end(step=POLL)


def events_of(scene: Scene) -> int:
    """How many events one payment is: after a webhook that only hints, the answer is another."""
    return 2 if scene.column.name in HINTED else 1


async def heard(scene: Scene) -> int | None:
    """When the shop heard the newest word, by its own clock; None before it has."""
    newest = "SELECT received_at, kind, body FROM inbox ORDER BY id DESC LIMIT 1"
    ((at, kind, body),) = scene.tables.rows(newest)
    return int(at) if kind == "message" and b"/help" in bytes(body) else None


def is_off(scene: Scene, at: int, seconds: int) -> bool:
    """Whether a time of the shop is so far from everybody else's."""
    return abs(at - scene.agreed() - seconds) < NEAR


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


def is_shut(url: str) -> bool:
    """Whether nobody is in this database, and nobody gets in."""
    name = str(conninfo_to_dict(url)["dbname"])
    with psycopg.connect(make_conninfo(url, dbname="postgres"), autocommit=True) as admin:
        inside = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = %s"
        found = admin.execute(inside, [name]).fetchone()
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return found == (0,)
    return False


def void(_: object) -> None:
    """Throw a value away."""
