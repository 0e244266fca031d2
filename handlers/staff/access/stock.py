"""Loading stock from a CSV file sent to the chat; its caption or a tap names the plan."""

from collections.abc import Sequence

from telegram import Document, Message
from telegram.constants import ParseMode
from telegram.error import TelegramError

from handlers.names import plan_name
from handlers.screens import Args, Screen, bold, button, code, in_rows
from handlers.staff.confirm import back
from handlers.visit import NO_PREVIEW, Visit
from handlers.wording import Html, Speech, lines, paragraphs
from shop.access.stock_loading import Loaded, load
from shop.catalog.offers import Offer, offers
from shop.core.errors import BadInputError

_MOST_BYTES = 2_000_000
_MOST_REFUSED = 10
_MOST_NAMED = 20


async def how_to_load(visit: Visit, _args: Args) -> Screen:
    """Explain what to send."""
    _ = visit.speech
    text = paragraphs(
        bold(_("Load stock")),
        _("Send me a CSV file with one account a line, and the plan's short name as its caption:"),
        code("username,password,url,note"),
        _("I take the file out of the chat once it is loaded, and never load an account twice."),
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
        screen, is_question = await _load(visit, message, slug)
        if not is_question:
            await visit.show(screen)
            return
    else:
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
    file = _file_asked_about(visit)
    if file is None:
        return await _is_gone(visit, args)
    screen, _is_question = await _load(visit, file, args.text(0))
    return screen


async def replace_chosen(visit: Visit, args: Args) -> Screen:
    """Give the accounts on the shelf the credentials of the file."""
    file = _file_asked_about(visit)
    if file is None:
        return await _is_gone(visit, args)
    screen, _is_question = await _load(visit, file, args.text(0), replaces=True)
    return screen


async def leave_chosen(visit: Visit, args: Args) -> Screen:
    """Leave the shelf as it is; the file goes out of the chat."""
    file = _file_asked_about(visit)
    if file is None:
        return await _is_gone(visit, args)
    _ = visit.speech
    text = paragraphs(
        _("The accounts on the shelf keep their passwords and addresses."),
        _farewell(_, is_removed=await _remove(visit, file)),
    )
    return Screen(text=text, rows=(back(_),))


def _file_asked_about(visit: Visit) -> Message | None:
    """The file that the tapped question replies to; None when Telegram shows it no more."""
    question = None if visit.query is None else visit.query.message
    file = question.reply_to_message if isinstance(question, Message) else None
    return None if file is None or file.document is None else file


async def _is_gone(visit: Visit, args: Args) -> Screen:
    _ = visit.speech
    gone = _("I cannot see that file any more. Please send it again.")
    return (await how_to_load(visit, args)).explaining(gone)


async def _load(
    visit: Visit, message: Message, slug: str, *, replaces: bool = False
) -> tuple[Screen, bool]:
    """What came of the file, and whether it asks something: then the file stays."""
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
        replaces=replaces,
    )
    counter.wake()
    told = _told(_, await plan_name(visit, slug), loaded)
    if loaded.differing:
        rows = (
            (button(_("Replace them"), "stock_replace", slug),),
            (button(_("Leave them as they are"), "stock_leave", slug),),
        )
        return Screen(text=paragraphs(told, _question(_, loaded)), rows=rows), True
    farewell = _farewell(_, is_removed=await _remove(visit, message))
    return Screen(text=paragraphs(told, farewell), rows=(back(_),)), False


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


def _told(_: Speech, plan: Html, loaded: Loaded) -> Html:
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
            _.ngettext(
                "{n} has the password and address of this file now.",
                "{n} have the passwords and addresses of this file now.",
                loaded.replaced,
            )
            if loaded.replaced
            else Html(""),
        ),
        _named(
            _,
            _("Not loaded, because somebody has or had the account:"),
            loaded.handed_out,
        ),
        _named(
            _,
            _("More than once in the file, with another password or address; the first counts:"),
            loaded.named_twice,
        ),
        lines(*refused, _("… and {n} more", n=more) if more else Html("")),
    )


def _named(_: Speech, what: Html, names: Sequence[str]) -> Html:
    """A line that says it, and the accounts' names below; nothing where there are none."""
    if not names:
        return Html("")
    shown = Html(", ".join(code(name) for name in names[:_MOST_NAMED]))
    more = len(names) - _MOST_NAMED
    return lines(what, shown, _("… and {n} more", n=more) if more > 0 else Html(""))


def _question(_: Speech, loaded: Loaded) -> Html:
    return paragraphs(
        _named(
            _,
            _("On the shelf with another password or address:"),
            loaded.differing,
        ),
        _("Shall they get those of this file? It stays in the chat until you say."),
    )


def _farewell(_: Speech, *, is_removed: bool) -> Html:
    if is_removed:
        return _("The file is out of the chat.")
    return _("⚠️ Please delete the file from this chat: I could not.")
