"""Small notes that outlive the process, such as how far the demo's clock was moved."""

from shop.storage.books import Books
from shop.storage.staff import StaffTables


def recall(books: Books, key: str) -> str:
    """What was noted under this key, "" when nothing was."""
    return books[StaffTables].note(key) or ""


def remember(books: Books, key: str, value: str) -> None:
    """Note something under a key."""
    books[StaffTables].set_note(key, value)
