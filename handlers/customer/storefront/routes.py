"""Which commands and buttons lead to these screens."""

from collections.abc import Mapping

from handlers.customer.storefront.account import account, reminders
from handlers.customer.storefront.plans import currency, plan, plans, plans_currency
from handlers.doors import Route

COMMANDS: Mapping[str, Route] = {
    "plans": plans,
    "account": account,
}
SCREENS: Mapping[str, Route] = {
    "plans": plans,
    "plans_currency": plans_currency,
    "plan": plan,
    "currency": currency,
    "account": account,
    "reminders": reminders,
}
