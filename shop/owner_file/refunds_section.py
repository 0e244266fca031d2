"""The section [refunds]: what becomes of access when its money goes back."""

from shop.owner_file.page import Table
from shop.refunds.rules import AccessAfterRefund, RefundPolicy


def refund_policy(refunds: Table) -> RefundPolicy:
    """Access after a whole and a partial refund, and while a bank decides."""
    usual = RefundPolicy()
    return RefundPolicy(
        whole=_access(refunds, "whole", default=usual.whole),
        part=_access(refunds, "part", default=usual.part),
        hold_disputes=refunds.flag("hold_disputes", default=usual.hold_disputes),
        hold_warnings=refunds.flag("hold_warnings", default=usual.hold_warnings),
    )


def _access(table: Table, key: str, *, default: AccessAfterRefund) -> AccessAfterRefund:
    return AccessAfterRefund(
        table.one_of(key, [one.value for one in AccessAfterRefund], default=default.value)
    )
