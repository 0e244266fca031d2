"""Which commands and buttons lead to these screens."""

from collections.abc import Mapping

from handlers.doors import Route
from handlers.staff.checkout.grants import grant

SCREENS: Mapping[str, Route] = {
    "grant": grant,
}
