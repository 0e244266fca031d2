"""Small notes that outlive the process, such as how far the demo's clock was moved."""

from shop.storage.books import Books


def recall(books: Books, key: str) -> str:
    """What was noted under this key, "" when nothing was."""
    return books.staff.note(key) or ""


def remember(books: Books, key: str, value: str) -> None:
    """Note something under a key."""
    books.staff.set_note(key, value)
