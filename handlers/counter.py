"""What every door is handed: the books, the time, the ways to pay, and the shop's addresses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shop.books.opening import Storage
from shop.core.policy import Policy
from shop.owner_file.live_policy import LivePolicy
from shop.ports import Clock, Encryption, PaymentProvider


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Frozen, and the same for every door of one process.

    `public_url` has no slash at its end; `chat_url` opens the bot's chat; `zone` is the IANA
    name given to people met for the first time; `wake` tells the clock that effects wait;
    `transfer_details` are the owner's bank details, `IBAN: …; BIC: …`; `trusted_proxies` are
    addresses and networks whose word is believed about the viewer they ask for;
    `sign_in_connector` names the connector whose usernames and passwords our doors check.
    """

    storage: Storage
    clock: Clock
    encryption: Encryption
    policies: LivePolicy
    providers: Mapping[str, PaymentProvider]
    bot_username: str
    public_url: str
    wake: Callable[[], None]
    chat_url: str = ""
    zone: str = "UTC"
    transfer_details: str = ""
    trusted_proxies: tuple[str, ...] = ()
    sign_in_connector: str = ""

    @property
    def policy(self) -> Policy:
        """The owner's choices as they stand now."""
        return self.policies.current
