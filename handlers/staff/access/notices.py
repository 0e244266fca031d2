"""What staff are told about accounts: few are left, or one cannot be made."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from handlers.names import plan_name
from handlers.screens import Screen, button, in_rows
from handlers.staff.links import to_customer, to_failed_jobs
from handlers.visit import Visit
from handlers.wording import escape, lines
from shop.access.notices import ConnectorFailed, LowStock
from shop.messaging.notices import StaffNotice


async def low_stock(visit: Visit, notice: LowStock) -> Screen:
    """Few accounts are left, or none."""
    _ = visit.speech
    plan = await plan_name(visit, notice.plan)
    if notice.left:
        text = _.ngettext(
            "🟡 {n} account is left for {plan}.",
            "🟡 {n} accounts are left for {plan}.",
            notice.left,
            plan=plan,
        )
    else:
        text = _("🔴 No accounts are left for {plan}: buyers wait until you load more.", plan=plan)
    return Screen(text=text, rows=((button(_("Load stock"), "+stock"),),))


async def connector_failed(visit: Visit, notice: ConnectorFailed) -> Screen:
    """An account could not be made or changed, after every try."""
    _ = visit.speech
    text = lines(
        _(
            "🔴 {plan} for {name}: {verb} failed, and we stopped trying.",
            plan=await plan_name(visit, notice.plan),
            name=notice.name,
            verb=notice.verb,
        ),
        escape(notice.reason),
    )
    buttons = (to_customer(_, notice.customer), to_failed_jobs(_))
    return Screen(text=text, rows=in_rows(buttons, wide=2))


WORDS: Mapping[type[StaffNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    LowStock: low_stock,
    ConnectorFailed: connector_failed,
}
