"""Plans by the name customers know, in the language of whoever reads."""

from handlers.visit import Visit
from handlers.wording import Html
from shop.catalog import offers


async def plan_name(visit: Visit, slug: str) -> Html:
    """The name of a plan that was ever sold here."""
    return visit.speech.own(await visit.counter.storage.read(offers.plan_name, slug))
