"""The kinds of jobs the outbox carries, as staff and monitors read of them."""

from collections.abc import Callable, Mapping

from handlers.wording import Html, Speech, escape
from shop.access.jobs import AccessKind, ProvisionJob
from shop.core.facts import read_facts
from shop.messaging.jobs import MessageJob, MessageKind
from shop.messaging.outbox_records import QueuedEffect
from shop.renewals.jobs import MethodJob, RenewalKind

# What one job of this kind is about, in a word of its own facts.
JOBS: Mapping[str, Callable[[QueuedEffect], str]] = {
    MessageKind.CHAT: lambda one: read_facts(MessageJob, one.payload).notice,
    MessageKind.STAFF: lambda one: read_facts(MessageJob, one.payload).notice,
    AccessKind.PROVISION: lambda one: read_facts(ProvisionJob, one.payload).verb,
    RenewalKind.METHODS: lambda one: read_facts(MethodJob, one.payload).verb,
}


def job_of(one: QueuedEffect) -> str:
    """What this job is about: the kind of notice, or the verb; "" for a kind we do not know."""
    about = JOBS.get(one.kind)
    return "" if about is None else about(one)


def job_name(_: Speech, kind: str) -> Html:
    """What one job of this kind is called."""
    names: dict[str, Html] = {
        MessageKind.CHAT: _("Message to a customer"),
        MessageKind.STAFF: _("Message to staff"),
        AccessKind.PROVISION: _("Account"),
        RenewalKind.METHODS: _("Renewal"),
    }
    return names.get(kind) or escape(kind)


def jobs_name(_: Speech, kind: str) -> Html:
    """What several jobs of this kind are called."""
    names: dict[str, Html] = {
        MessageKind.CHAT: _("messages"),
        MessageKind.STAFF: _("messages to staff"),
        AccessKind.PROVISION: _("accounts"),
        RenewalKind.METHODS: _("renewals"),
    }
    return names.get(kind) or escape(kind)
