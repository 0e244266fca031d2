"""Which command and which button lead to which screen: a line a wing, and what is no wing's."""

from collections.abc import Mapping

from handlers.customer.access import routes as access
from handlers.customer.checkout import routes as checkout
from handlers.customer.credit import routes as credit
from handlers.customer.home import help_page, home
from handlers.customer.pages import language, paysupport, privacy, support, terms
from handlers.customer.renewals import routes as renewals
from handlers.customer.settlement import routes as settlement
from handlers.customer.storefront import routes as storefront
from handlers.doors import Route

COMMANDS: Mapping[str, Route] = {
    **credit.COMMANDS,
    **storefront.COMMANDS,
    "support": support,
    "language": language,
    "terms": terms,
    "paysupport": paysupport,
    "privacy": privacy,
    "help": help_page,
}
SCREENS: Mapping[str, Route] = {
    **access.SCREENS,
    **checkout.SCREENS,
    **credit.SCREENS,
    **renewals.SCREENS,
    **settlement.SCREENS,
    **storefront.SCREENS,
    "home": home,
    "help": help_page,
    "support": support,
    "paysupport": paysupport,
    "language": language,
    "terms": terms,
    "privacy": privacy,
}
