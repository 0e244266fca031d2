"""What the outside must fulfil: payment providers, connectors, the clock and the vault.

Shapes only; no port raises anything but the errors named here and in `shop.core.errors`.
"""

from shop.ports.basics import Clock, SealBrokenError, Vault
from shop.ports.connectors import (
    Account,
    AccountOrder,
    Connector,
    ConnectorError,
    Credentials,
    OutOfStockError,
    Shelf,
    StockLine,
    Verb,
    books_answer,
)
from shop.ports.payments import (
    BadSignatureError,
    EndpointClosedError,
    Happening,
    Payer,
    PaymentEvent,
    PaymentPage,
    PaymentProvider,
    PaymentRequest,
    ProviderError,
    ProviderSilentError,
    can_be_asked,
)
from shop.ports.refunds import RefundAnswer, RefundRequest, RefundsPayments, RefundStep
from shop.ports.renewals import (
    Charge,
    ChargeRequest,
    ChargesSavedMeans,
    Refusal,
    SavedMeans,
    SteersSubscriptions,
    saver_of,
    steerer_of,
)

__all__ = [
    "Account",
    "AccountOrder",
    "BadSignatureError",
    "Charge",
    "ChargeRequest",
    "ChargesSavedMeans",
    "Clock",
    "Connector",
    "ConnectorError",
    "Credentials",
    "EndpointClosedError",
    "Happening",
    "OutOfStockError",
    "Payer",
    "PaymentEvent",
    "PaymentPage",
    "PaymentProvider",
    "PaymentRequest",
    "ProviderError",
    "ProviderSilentError",
    "RefundAnswer",
    "RefundRequest",
    "RefundStep",
    "RefundsPayments",
    "Refusal",
    "SavedMeans",
    "SealBrokenError",
    "Shelf",
    "SteersSubscriptions",
    "StockLine",
    "Vault",
    "Verb",
    "books_answer",
    "can_be_asked",
    "saver_of",
    "steerer_of",
]
