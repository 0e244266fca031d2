"""What a command and a button lead to, before anyone says which."""

from collections.abc import Awaitable, Callable

from handlers.screens import Args, Screen
from handlers.visit import Visit

Route = Callable[[Visit, Args], Awaitable[Screen | None]]
"""A screen by its button, or a customer's command."""
Words = Callable[[Visit, list[str]], Awaitable[Screen | None]]
"""A staff command, with the words behind it."""
