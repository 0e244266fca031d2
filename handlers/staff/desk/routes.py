"""Which commands and buttons lead to these screens."""

from collections.abc import Mapping

from handlers.doors import Route, Words
from handlers.screens import Args, Screen
from handlers.staff.desk.customers import ask_for_name, customer, found
from handlers.staff.desk.failed_jobs import (
    believe_event,
    dismiss_event,
    dismiss_job,
    failed_jobs,
    inbox,
    retry_event,
    retry_job,
)
from handlers.staff.desk.overview import desk
from handlers.visit import Visit


async def admin(visit: Visit, _words: list[str]) -> Screen:
    """`/admin`."""
    return await desk(visit, Args(()))


async def find(visit: Visit, words: list[str]) -> Screen:
    """`/find words`."""
    return await found(visit, " ".join(words))


COMMANDS: Mapping[str, Words] = {"admin": admin, "find": find}
SCREENS: Mapping[str, Route] = {
    "desk": desk,
    "find_customer": ask_for_name,
    "customer": customer,
    "failed_jobs": failed_jobs,
    "job_retry": retry_job,
    "job_dismiss": dismiss_job,
    "event_retry": retry_event,
    "event_dismiss": dismiss_event,
    "event_believe": believe_event,
    "inbox": inbox,
}
