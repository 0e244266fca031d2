"""What the outside must fulfil: payment providers, connectors, the clock and the encryption.

Shapes only; no port raises anything but the errors named here and in `shop.core.errors`.
"""

from shop.ports.basics import Clock, DecryptionError, Encryption
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
    ChargesSavedMethods,
    MethodDetails,
    Refusal,
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
    "ChargesSavedMethods",
    "Clock",
    "Connector",
    "ConnectorError",
    "Credentials",
    "DecryptionError",
    "Encryption",
    "EndpointClosedError",
    "Happening",
    "MethodDetails",
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
    "Shelf",
    "SteersSubscriptions",
    "StockLine",
    "Verb",
    "books_answer",
    "can_be_asked",
    "saver_of",
    "steerer_of",
]
