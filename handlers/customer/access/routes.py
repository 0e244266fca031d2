"""Which commands and buttons lead to these screens."""

from collections.abc import Mapping

from handlers.customer.access.credentials import access, setup
from handlers.doors import Route

SCREENS: Mapping[str, Route] = {
    "access": access,
    "setup": setup,
}
