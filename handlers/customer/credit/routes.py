"""Which commands and buttons lead to these screens."""

from collections.abc import Mapping

from handlers.customer.credit.wallet import pay_whole, reserve, wallet
from handlers.doors import Route

COMMANDS: Mapping[str, Route] = {
    "wallet": wallet,
}
SCREENS: Mapping[str, Route] = {
    "wallet": wallet,
    "wallet_reserve": reserve,
    "wallet_pay": pay_whole,
}
