"""The journal held against its law: every group sums to zero (law 8)."""

from shop.books.books import Books
from shop.ledger.journal_records import Journal


def unbalanced(books: Books) -> list[str]:
    """Journal groups that do not sum to zero: always none, and doctor looks."""
    return books[Journal].unbalanced()
