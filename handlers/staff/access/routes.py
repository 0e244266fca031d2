"""Which commands and buttons lead to these screens."""

from collections.abc import Mapping

from handlers.doors import Route, Words
from handlers.staff.access.stock import (
    how_to_load,
    leave_chosen,
    load_chosen,
    replace_chosen,
)
from handlers.staff.access.subscriptions import (
    extend,
    extend_by_words,
    resend,
    resume,
    rotate,
    stop,
    subscription,
)

COMMANDS: Mapping[str, Words] = {
    "extend": extend_by_words,
}
SCREENS: Mapping[str, Route] = {
    "stock": how_to_load,
    "stock_load": load_chosen,
    "stock_replace": replace_chosen,
    "stock_leave": leave_chosen,
    "subscription": subscription,
    "extend": extend,
    "stop": stop,
    "resume": resume,
    "resend": resend,
    "rotate": rotate,
}
