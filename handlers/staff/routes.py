"""Which staff command and which staff button lead where: a line a wing."""

from collections.abc import Mapping

from handlers.doors import Route, Words
from handlers.staff.access import routes as access
from handlers.staff.checkout import routes as checkout
from handlers.staff.desk import routes as desk
from handlers.staff.intake import routes as intake
from handlers.staff.refunds import routes as refunds
from handlers.staff.settlement import routes as settlement

COMMANDS: Mapping[str, Words] = {
    **desk.COMMANDS,
    **access.COMMANDS,
    **intake.COMMANDS,
    **refunds.COMMANDS,
    **settlement.COMMANDS,
}
SCREENS: Mapping[str, Route] = {
    **access.SCREENS,
    **checkout.SCREENS,
    **desk.SCREENS,
    **intake.SCREENS,
    **refunds.SCREENS,
    **settlement.SCREENS,
}
