"""The unit of work every use case is given: one transaction, each family of tables by name."""

from collections.abc import Callable

from shop.storage.accounts import Accounts
from shop.storage.catalog import CatalogTables
from shop.storage.circuits import Circuits
from shop.storage.claims import Claims
from shop.storage.customers import Customers
from shop.storage.disputes import Disputes, Uses
from shop.storage.guards import Guards
from shop.storage.inbox import Inbox
from shop.storage.journal import Journal
from shop.storage.orders import Orders
from shop.storage.outbox import Outbox
from shop.storage.payments import Payments
from shop.storage.proofs import Proofs
from shop.storage.queries import Dialect, Sql
from shop.storage.receipts import Receipts
from shop.storage.refunds import Refunds
from shop.storage.renewals import Renewals
from shop.storage.staff import StaffTables
from shop.storage.stars import StarTables
from shop.storage.stock import Stock
from shop.storage.subscriptions import Subscriptions
from shop.storage.wallets import Wallets


class Books:
    """One transaction's view of the books; never kept longer than the use case runs."""

    __slots__ = (
        "accounts",
        "catalog",
        "circuits",
        "claims",
        "customers",
        "disputes",
        "guards",
        "inbox",
        "journal",
        "orders",
        "outbox",
        "payments",
        "proofs",
        "receipts",
        "refunds",
        "renewals",
        "staff",
        "stars",
        "stock",
        "subscriptions",
        "uses",
        "wallets",
    )

    def __init__(
        self, connection: object, dialect: Dialect, sync: Callable[[], None] | None = None
    ) -> None:
        """Bind every family of tables to the connection; `sync` is for pipelines (see `Sql`)."""
        sql = Sql(connection, dialect, sync)
        self.accounts = Accounts(sql)
        self.catalog = CatalogTables(sql)
        self.circuits = Circuits(sql)
        self.claims = Claims(sql)
        self.customers = Customers(sql)
        self.disputes = Disputes(sql)
        self.guards = Guards(sql)
        self.inbox = Inbox(sql)
        self.journal = Journal(sql)
        self.orders = Orders(sql)
        self.outbox = Outbox(sql)
        self.payments = Payments(sql)
        self.refunds = Refunds(sql)
        self.renewals = Renewals(sql)
        self.proofs = Proofs(sql)
        self.receipts = Receipts(sql)
        self.staff = StaffTables(sql)
        self.stars = StarTables(sql)
        self.stock = Stock(sql)
        self.subscriptions = Subscriptions(sql)
        self.uses = Uses(sql)
        self.wallets = Wallets(sql)
