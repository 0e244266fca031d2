"""Credentials, sent as a message to keep, with set-up steps and a QR code."""

import asyncio
from io import BytesIO

import structlog
from telegram.constants import ParseMode
from telegram.error import TelegramError

from handlers.counter import Counter
from handlers.customer.pages import cut
from handlers.customer.storefront.account import account
from handlers.screens import Args, Row, Screen, bold, button, code, copy, in_rows
from handlers.visit import Visit
from handlers.wording import Html, Speech, escape, lines, paragraphs
from shop.access.credentials import credentials_of, note_delivered
from shop.access.subscription_records import Subscription
from shop.catalog.offers import shopfront
from shop.catalog.products import Shopfront, text_in
from shop.core.errors import NotFoundError, ShopError
from shop.ports import Credentials

_HALF_A_ROW = 13  # characters of a label that do not break on a phone
_LOG = structlog.get_logger()


class NoPictureError(ShopError):
    """The QR code could not be drawn."""


async def access(visit: Visit, args: Args) -> Screen | None:
    """Send the credentials again, in a message of their own."""
    _ = visit.speech
    if await deliver(visit, args.number(0)):
        return None
    gone = _("There is no access to show for this plan just now.")
    return (await account(visit, args)).explaining(gone)


async def deliver(visit: Visit, subscription_id: int) -> bool:
    """Send the credentials and the QR code; False when there is no access to show."""
    counter = visit.counter
    try:
        screen, address = await _access_screen(visit, subscription_id)
    except NotFoundError:
        return False
    await visit.below().show(screen, is_protected=True)
    await counter.storage.run(note_delivered, subscription_id, now=visit.now)
    if address:
        await _send_picture(visit, address)
    return True


async def setup(visit: Visit, args: Args) -> Screen:
    """Show the steps for one device below the credentials, in the same message."""
    _ = visit.speech
    try:
        screen, _address = await _access_screen(visit, args.number(0), opened=args.number(1))
    except NotFoundError:
        gone = _("This access has ended, so there is nothing to set up.")
        return (await account(visit, args)).explaining(gone)
    return screen


async def _access_screen(
    visit: Visit, subscription_id: int, *, opened: int | None = None
) -> tuple[Screen, str]:
    """The message with the credentials, and the address for the QR code."""
    _, counter = visit.speech, visit.counter
    subscription, credentials, token = await counter.storage.read(
        credentials_of,
        subscription_id,
        visit.customer.id,
        encryption=counter.encryption,
        now=visit.now,
    )
    front = await counter.storage.read(shopfront)
    address = _address(counter, front, credentials, token)
    text = paragraphs(
        *_credentials(_, subscription, credentials, address), _steps(_, front, opened)
    )
    rows = (*_copies(_, credentials, address), *_devices(_, front, subscription_id, opened))
    return Screen(text=text, rows=rows), address


def _address(counter: Counter, front: Shopfront, credentials: Credentials, token: str) -> str:
    """The connector's address; without one, the shop's playlist if the shop has channels."""
    if credentials.url or not front.channels:
        return credentials.url
    return f"{counter.public_url}/playlist/{token}.m3u8"


def _credentials(
    _: Speech, subscription: Subscription, credentials: Credentials, address: str
) -> tuple[Html, ...]:
    pairs = (
        (_("Username"), code(credentials.username) if credentials.username else Html("")),
        (_("Password"), spoiler(credentials.password) if credentials.password else Html("")),
        (_("Address"), code(address) if address else Html("")),
    )
    return (
        _("🔑 <b>Your access to {plan}</b>", plan=_.own(subscription.product.name)),
        *(lines(name, value) for name, value in pairs if value),
        escape(credentials.note),
        _("Tap the grey field to see the password. Please keep this message to yourself."),
    )


def spoiler(text: str) -> Html:
    """A text that is hidden until it is tapped."""
    return Html(f"<tg-spoiler>{escape(text)}</tg-spoiler>")


def _copies(_: Speech, credentials: Credentials, address: str) -> tuple[Row, ...]:
    found = [
        copy(_("📋 Username"), credentials.username),
        copy(_("📋 Password"), credentials.password),
        copy(_("📋 Address"), address),
    ]
    return in_rows(found, wide=2)


def _devices(
    _: Speech, front: Shopfront, subscription_id: int, opened: int | None
) -> tuple[Row, ...]:
    found = [
        button(_.own(one.device), "setup", subscription_id, number)
        for number, one in enumerate(front.setup)
        if number != opened
    ]
    fits = all(len(one.text) <= _HALF_A_ROW for one in found)
    return in_rows(found, wide=2 if fits else 1)


def _steps(_: Speech, front: Shopfront, opened: int | None) -> Html:
    if not front.setup:
        return Html("")
    if opened is None or opened >= len(front.setup):
        return _("How to set it up on your:")
    one = front.setup[opened]
    steps = next(iter(cut(text_in(one.steps, _.tag))), "")
    return lines(bold(_.own(one.device)), escape(steps))


async def _send_picture(visit: Visit, address: str) -> None:
    """Send the address as a QR code; failure is harmless, the credentials are already there."""
    _ = visit.speech
    try:
        picture = await asyncio.to_thread(draw, address)
        await visit.bot.send_photo(
            visit.chat_id,
            picture,
            parse_mode=ParseMode.HTML,
            protect_content=True,
            caption=_("Or scan this: it holds the address."),
        )
    except (NoPictureError, TelegramError) as error:
        _LOG.warning("The picture was not sent: %s", type(error).__name__)


def draw(address: str) -> bytes:
    """A QR picture of an address, as PNG."""
    try:
        import qrcode
        from qrcode.exceptions import DataOverflowError
        from qrcode.image.pil import PilImage
    except ImportError as error:
        raise NoPictureError from error
    try:
        code_ = qrcode.QRCode(box_size=10, border=4, image_factory=PilImage)
        code_.add_data(address)
        out = BytesIO()
        code_.make_image().save(out)
    except (DataOverflowError, ValueError, OSError, MemoryError) as error:
        raise NoPictureError from error
    return out.getvalue()
