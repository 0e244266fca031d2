"""Which commands and buttons lead to these screens."""

from collections.abc import Mapping

from handlers.customer.checkout.payment import check, pay, renew
from handlers.customer.checkout.trial import trial
from handlers.customer.checkout.ways import country, pay_rest, ways
from handlers.doors import Route

SCREENS: Mapping[str, Route] = {
    "ways": ways,
    "pay": pay,
    "check_payment": check,
    "pay_rest": pay_rest,
    "renew": renew,
    "trial": trial,
    "country": country,
}
