"""The static pages: support, language, terms and privacy."""

from telegram import InlineKeyboardButton

import locales
from handlers.screens import Args, Row, Screen, bold, button, code, in_rows, link
from handlers.visit import Visit
from handlers.wording import Html, Speech, escape, lines, paragraphs, speak
from shop.catalog.offers import shopfront
from shop.catalog.products import text_in
from shop.customers.people import choose_language

_PAGE = 3000  # characters of the owner's text on one screen, far below Telegram's 4096


async def support(visit: Visit, _args: Args) -> Screen:
    """How to reach staff."""
    _ = visit.speech
    words = _("Tell us what happened, in your own words. A person answers.")
    return await _contact(visit, bold(_("We are here")), words)


async def paysupport(visit: Visit, _args: Args) -> Screen:
    """How to reach staff about a payment."""
    _ = visit.speech
    words = _(
        "Paid, and nothing came? Money taken twice? Tell us when and how you paid; we find "
        "every payment and put it right."
    )
    return await _contact(visit, bold(_("About a payment")), words)


async def _contact(visit: Visit, title: Html, words: Html) -> Screen:
    _ = visit.speech
    front = await visit.counter.storage.read(shopfront)
    number = _("Your customer number: {number}", number=code(str(visit.customer.id)))
    back = button(_("← Back"), "home")
    if not front.support:
        text = _("This shop has not named a contact yet. Please look in again later.")
        return Screen(text=paragraphs(title, text, number), rows=((back,),))
    text = paragraphs(title, words, lines(escape(front.support), number))
    return Screen(text=text, rows=in_rows([_way_to(_, front.support), back], wide=1))


def _way_to(_: Speech, contact: str) -> InlineKeyboardButton | None:
    """A button to the contact, if it is a Telegram name or a web address."""
    if contact.startswith("@"):
        return link(_("Write to us"), f"https://t.me/{contact.removeprefix('@')}")
    if contact.startswith(("https://", "http://")):
        return link(_("Write to us"), contact)
    return None


async def language(visit: Visit, args: Args) -> Screen:
    """Choose a language; the confirmation is already in the new one."""
    wanted = args.choice(0)
    if wanted in locales.languages():
        await visit.counter.storage.run(choose_language, visit.customer.id, wanted)
        return _spoken(speak(wanted, visit.customer.zone))
    _ = visit.speech
    rows = (*_languages(_), (button(_("← Back"), "home"),))
    return Screen(text=bold(_("Which language do you prefer?")), rows=rows)


def _spoken(_: Speech) -> Screen:
    # Translators: name your own language here.
    text = _("From now on we speak English.")
    here = (button(_("See the plans"), "plans"), button(_("My account"), "account"))
    return Screen(text=text, rows=(*_languages(_), here)).saying(text)


def _languages(_: Speech) -> tuple[Row, ...]:
    found = []
    for one in locales.languages():
        name = speak(one).locale.display_name or one
        mark = "✓ " if one == _.language else ""
        found.append(button(escape(f"{mark}{name[:1].upper()}{name[1:]}"), "language", one))
    return in_rows(found, wide=2)


async def terms(visit: Visit, args: Args) -> Screen:
    """The owner's terms."""
    _ = visit.speech
    front = await visit.counter.storage.read(shopfront)
    return _paged(_, _("Terms"), text_in(front.terms, _.tag), screen="terms", args=args)


async def privacy(visit: Visit, args: Args) -> Screen:
    """The owner's privacy notice."""
    _ = visit.speech
    front = await visit.counter.storage.read(shopfront)
    return _paged(_, _("Privacy"), text_in(front.privacy, _.tag), screen="privacy", args=args)


def _paged(_: Speech, title: Html, text: str, *, screen: str, args: Args) -> Screen:
    pages = cut(text.strip()) or [_("The owner has not written this page yet.").plain]
    at = min(args.number(0) if args.parts else 0, len(pages) - 1)
    turn = [
        button(_("← Page {n}", n=at), screen, at - 1) if at else None,
        button(_("Page {n} →", n=at + 2), screen, at + 1) if at + 1 < len(pages) else None,
    ]
    rows = (*in_rows(turn, wide=2), (button(_("← Back"), "home"),))
    return Screen(text=paragraphs(bold(title), escape(pages[at])), rows=rows)


def cut(text: str) -> list[str]:
    """Split a long text into pages, between lines where possible."""
    pages = []
    while text:
        end = len(text) if len(text) <= _PAGE else text.rfind("\n", 1, _PAGE)
        end = _PAGE if end < 1 else end
        pages.append(text[:end].strip())
        text = text[end:].strip()
    return pages
