"""Which command and which button lead to which screen."""

from collections.abc import Awaitable, Callable, Mapping

from handlers.customer.access.credentials import access, setup
from handlers.customer.checkout.payment import check, pay, renew
from handlers.customer.checkout.trial import trial
from handlers.customer.checkout.ways import country, pay_rest, ways
from handlers.customer.credit.wallet import pay_whole, reserve, wallet
from handlers.customer.home import help_page, home
from handlers.customer.pages import language, paysupport, privacy, support, terms
from handlers.customer.renewals.renewals import (
    forget_card,
    renewal,
    resume_stars,
    stop_stars,
    turn_off,
    turn_on,
)
from handlers.customer.settlement.notices import again
from handlers.customer.storefront.account import account, reminders
from handlers.customer.storefront.plans import currency, plan, plans, plans_currency
from handlers.screens import Args, Screen
from handlers.visit import Visit

Route = Callable[[Visit, Args], Awaitable[Screen | None]]

COMMANDS: Mapping[str, Route] = {
    "plans": plans,
    "account": account,
    "wallet": wallet,
    "support": support,
    "language": language,
    "terms": terms,
    "paysupport": paysupport,
    "privacy": privacy,
    "help": help_page,
}
SCREENS: Mapping[str, Route] = {
    "home": home,
    "help": help_page,
    "plans": plans,
    "plans_currency": plans_currency,
    "plan": plan,
    "currency": currency,
    "ways": ways,
    "pay": pay,
    "check_payment": check,
    "pay_rest": pay_rest,
    "pay_again": again,
    "renew": renew,
    "trial": trial,
    "account": account,
    "reminders": reminders,
    "renewal": renewal,
    "renewal_on": turn_on,
    "renewal_off": turn_off,
    "forget_card": forget_card,
    "stars_on": resume_stars,
    "stars_off": stop_stars,
    "access": access,
    "setup": setup,
    "wallet": wallet,
    "country": country,
    "wallet_reserve": reserve,
    "wallet_pay": pay_whole,
    "support": support,
    "paysupport": paysupport,
    "language": language,
    "terms": terms,
    "privacy": privacy,
}
