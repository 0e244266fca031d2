"""Prints what was measured: one table a question, with the command that makes it again."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

_WIDTH = 110


def show(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], note: str = ""
) -> None:
    """A table: the first column is text, the others are figures."""
    table = Table(
        title=title, caption=note, title_justify="left", caption_justify="left", min_width=70
    )
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    Console(width=_WIDTH).print(table, "")


def thousands(figure: float) -> str:
    """A whole figure with thin groups: 12,345."""
    return f"{figure:,.0f}"


def ratio(figure: float, base: float) -> str:
    """How many times the base, in two decimals: ×1.02."""
    return f"×{figure / base:.2f}"


def milliseconds(seconds: float) -> str:
    """Seconds as milliseconds."""
    return f"{seconds * 1000:.1f} ms"
