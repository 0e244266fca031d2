"""The unit of work every use case is given: one transaction, each family of tables by name."""

from collections.abc import Callable

from shop.storage.accounts import Accounts
from shop.storage.catalog import CatalogTables
from shop.storage.customers import Customers
from shop.storage.inbox import Inbox
from shop.storage.journal import Journal
from shop.storage.orders import Orders
from shop.storage.outbox import Outbox
from shop.storage.payments import Payments
from shop.storage.proofs import Proofs
from shop.storage.queries import Dialect, Sql
from shop.storage.renewals import Renewals
from shop.storage.staff import StaffTables
from shop.storage.stars import StarTables
from shop.storage.stock import Stock
from shop.storage.subscriptions import Subscriptions


class Books:
    """One transaction's view of the books; never kept longer than the use case runs."""

    __slots__ = (
        "accounts",
        "catalog",
        "customers",
        "inbox",
        "journal",
        "orders",
        "outbox",
        "payments",
        "proofs",
        "renewals",
        "staff",
        "stars",
        "stock",
        "subscriptions",
    )

    def __init__(
        self, connection: object, dialect: Dialect, sync: Callable[[], None] | None = None
    ) -> None:
        """Bind every family of tables to the connection; `sync` is for pipelines (see `Sql`)."""
        sql = Sql(connection, dialect, sync)
        self.accounts = Accounts(sql)
        self.catalog = CatalogTables(sql)
        self.customers = Customers(sql)
        self.inbox = Inbox(sql)
        self.journal = Journal(sql)
        self.orders = Orders(sql)
        self.outbox = Outbox(sql)
        self.payments = Payments(sql)
        self.renewals = Renewals(sql)
        self.proofs = Proofs(sql)
        self.staff = StaffTables(sql)
        self.stars = StarTables(sql)
        self.stock = Stock(sql)
        self.subscriptions = Subscriptions(sql)
