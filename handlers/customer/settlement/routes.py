"""Which commands and buttons lead to these screens."""

from collections.abc import Mapping

from handlers.customer.settlement.notices import again
from handlers.doors import Route

SCREENS: Mapping[str, Route] = {
    "pay_again": again,
}
