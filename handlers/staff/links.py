"""Buttons below a notice to staff: to whom or what it is about."""

from telegram import InlineKeyboardButton

from handlers.screens import button
from handlers.wording import Speech


def to_customer(_: Speech, customer_id: int) -> InlineKeyboardButton:
    """To this customer."""
    return button(_("Open the customer"), "+customer", customer_id)


def to_failed_jobs(_: Speech) -> InlineKeyboardButton:
    """To what wants a person."""
    return button(_("Failed jobs"), "+failed_jobs")
