"""Loading stock from a CSV file sent to the chat; its caption or a tap names the plan."""

from telegram import Document, Message
from telegram.constants import ParseMode
from telegram.error import TelegramError

from handlers.names import plan_name
from handlers.screens import Args, Screen, bold, button, code, in_rows
from handlers.staff.confirm import back
from handlers.visit import NO_PREVIEW, Visit
from handlers.wording import Html, Speech, lines, paragraphs
from shop.access.stock import Loaded, load
from shop.catalog.offers import Offer, offers
from shop.core.errors import BadInputError

_MOST_BYTES = 2_000_000
_MOST_REFUSED = 10


async def how_to_load(visit: Visit, _args: Args) -> Screen:
    """Explain what to send."""
    _ = visit.speech
    text = paragraphs(
        bold(_("Load stock")),
        _("Send me a CSV file with one account a line, and the plan's short name as its caption:"),
        code("username,password,url,note"),
        _("I take the file out of the chat once it is loaded, and never load a line twice."),
        lines(*(_plan(_, one) for one in await visit.counter.storage.read(offers))),
    )
    return Screen(text=text, rows=(back(_),))


def _plan(_: Speech, one: Offer) -> Html:
    return Html(f"{code(one.product.slug)} – {_.own(one.product.name)}")


async def receive(visit: Visit, message: Message) -> None:
    """Load the file for the plan its caption names, or ask which plan it is for."""
    _ = visit.speech
    found = await visit.counter.storage.read(offers)
    slug = (message.caption or "").strip().lower()
    if any(one.product.slug == slug for one in found):
        await visit.show(await _load(visit, message, slug))
        return
    plans = [button(_.own(one.product.name), "stock_load", one.product.slug) for one in found]
    screen = Screen(text=_("Which plan is this stock for?"), rows=in_rows(plans, wide=2))
    # The question replies to the file, so the answering tap leads back to it: no state of ours.
    await visit.bot.send_message(
        visit.chat_id,
        screen.text,
        parse_mode=ParseMode.HTML,
        reply_markup=screen.keyboard,
        link_preview_options=NO_PREVIEW,
        reply_to_message_id=message.message_id,
    )


async def load_chosen(visit: Visit, args: Args) -> Screen:
    """Load the file for the plan that was tapped."""
    _ = visit.speech
    question = None if visit.query is None else visit.query.message
    file = question.reply_to_message if isinstance(question, Message) else None
    if file is None or file.document is None:
        gone = _("I cannot see that file any more. Please send it again.")
        return (await how_to_load(visit, args)).explaining(gone)
    return await _load(visit, file, args.text(0))


async def _load(visit: Visit, message: Message, slug: str) -> Screen:
    _, counter = visit.speech, visit.counter
    if message.document is None:
        raise BadInputError(reason=_("This is not a file.").plain)
    text = await _read(visit, message.document)
    loaded = await counter.storage.run(
        load,
        visit.customer.telegram_id,
        plan=slug,
        csv_text=text,
        encryption=counter.encryption,
        now=visit.now,
    )
    counter.wake()
    is_removed = await _remove(visit, message)
    return Screen(
        text=_told(_, await plan_name(visit, slug), loaded, is_removed=is_removed), rows=(back(_),)
    )


async def _read(visit: Visit, document: Document) -> str:
    _ = visit.speech
    if (document.file_size or 0) > _MOST_BYTES:
        raise BadInputError(reason=_("This file is too large; 2 MB is the most.").plain)
    file = await visit.bot.get_file(document.file_id)
    try:
        return bytes(await file.download_as_bytearray()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInputError(reason=_("This file is not text in UTF-8.").plain) from error


async def _remove(visit: Visit, message: Message) -> bool:
    """Delete the file: credentials should not stay in a chat. False when Telegram refuses."""
    try:
        return await visit.bot.delete_message(visit.chat_id, message.message_id)
    except TelegramError:
        return False


def _told(_: Speech, plan: Html, loaded: Loaded, *, is_removed: bool) -> Html:
    refused = [
        _("Line {n}: {reason}", n=n, reason=reason) for n, reason in loaded.refused[:_MOST_REFUSED]
    ]
    more = len(loaded.refused) - len(refused)
    return paragraphs(
        lines(
            _.ngettext(
                "✅ {n} account loaded for {plan}.",
                "✅ {n} accounts loaded for {plan}.",
                loaded.added,
                plan=bold(plan),
            ),
            _.ngettext("{n} was there already.", "{n} were there already.", loaded.repeated)
            if loaded.repeated
            else Html(""),
        ),
        lines(*refused, _("… and {n} more", n=more) if more else Html("")),
        _("The file is out of the chat.")
        if is_removed
        else _("⚠️ Please delete the file from this chat: I could not."),
    )
