"""Which commands and buttons lead to these screens."""

from collections.abc import Mapping

from handlers.customer.renewals.renewals import (
    forget_card,
    renewal,
    resume_stars,
    stop_stars,
    turn_off,
    turn_on,
)
from handlers.doors import Route

SCREENS: Mapping[str, Route] = {
    "renewal": renewal,
    "renewal_on": turn_on,
    "renewal_off": turn_off,
    "forget_card": forget_card,
    "stars_on": resume_stars,
    "stars_off": stop_stars,
}
