-- The first books. Times are whole seconds since 1970 UTC, money whole minor units, flags 0 or 1.
-- Each table says whose wing it is; the wings follow one another from the ground up, and a table
-- refers only to those above it in this file. What PostgreSQL calls otherwise is replaced on
-- loading (shop/books/migrate.py); sqlite/ and postgres/ hold the triggers. An index on some rows
-- says OR: for IN with three or more SQLite makes a table, each time that such a row is written.

-- books: what a deed remembers between its turns.
CREATE TABLE notes (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- customers: people as Telegram knows them, and what they chose.
CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    telegram_id INTEGER NOT NULL UNIQUE,
    name TEXT NOT NULL,
    username TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT 'en',
    zone TEXT NOT NULL DEFAULT 'UTC',
    country TEXT NOT NULL DEFAULT '',
    currency TEXT NOT NULL DEFAULT '',
    wants_reminders INTEGER NOT NULL DEFAULT 1,
    is_reachable INTEGER NOT NULL DEFAULT 1,
    source TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL
);
CREATE INDEX customers_username ON customers (username) WHERE username <> '';

-- staff: who of the staff did what; append-only.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    staff_id INTEGER NOT NULL,
    act TEXT NOT NULL,
    customer_id INTEGER REFERENCES customers (id),
    facts TEXT NOT NULL,
    acted_at INTEGER NOT NULL
);
CREATE INDEX audit_customer ON audit (customer_id);

-- messaging: what came in, each event once; a chat's update and a provider's webhook alike.
CREATE TABLE inbox (
    id INTEGER PRIMARY KEY,
    provider TEXT NOT NULL,
    event_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    chat_id INTEGER,
    headers TEXT NOT NULL,
    body BLOB NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    tries INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER,
    leased_by INTEGER,
    leased_until INTEGER,
    received_at INTEGER NOT NULL,
    UNIQUE (provider, event_id)
);
CREATE INDEX inbox_waiting ON inbox (due_at, id) WHERE state = 'waiting';
CREATE INDEX inbox_stuck ON inbox (id) WHERE state = 'stuck' OR state = 'unhandled' OR state = 'unknown';
CREATE INDEX inbox_elsewhere ON inbox (received_at) WHERE state = 'elsewhere';
CREATE INDEX inbox_erasable ON inbox (received_at)
WHERE state IN ('done', 'elsewhere') AND provider <> 'telegram' AND length(body) > 0;
CREATE INDEX inbox_chats ON inbox (chat_id, id) WHERE chat_id IS NOT NULL;

-- messaging: what is still to go out, each once by its key.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    payload TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    tries INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    leased_by INTEGER,
    leased_until INTEGER,
    created_at INTEGER NOT NULL,
    done_at INTEGER,
    error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX outbox_lane ON outbox (lane, id) WHERE state = 'waiting';
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE state = 'waiting';
CREATE INDEX outbox_dead ON outbox (id) WHERE state = 'dead';

-- catalog: every document the owner applied.
CREATE TABLE catalogs (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL,
    document TEXT NOT NULL,
    applied_at INTEGER NOT NULL
);

-- catalog: what is sold.
CREATE TABLE products (
    id INTEGER PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    document TEXT NOT NULL,
    position INTEGER NOT NULL,
    is_offered INTEGER NOT NULL DEFAULT 1
);

-- catalog: superseded, never edited.
CREATE TABLE prices (
    id INTEGER PRIMARY KEY,
    product_id INTEGER NOT NULL REFERENCES products (id),
    term TEXT NOT NULL,
    currency TEXT NOT NULL,
    minor INTEGER NOT NULL CHECK (minor > 0),
    since INTEGER NOT NULL,
    superseded_at INTEGER
);
CREATE UNIQUE INDEX prices_in_force ON prices (product_id, term, currency)
WHERE superseded_at IS NULL;

-- ledger: double entry, append-only; each group sums to zero in each currency.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    group_ref TEXT NOT NULL,
    line INTEGER NOT NULL,
    account TEXT NOT NULL,
    customer_id INTEGER REFERENCES customers (id),
    minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    entered_at INTEGER NOT NULL,
    UNIQUE (group_ref, line)
);
CREATE INDEX journal_wallets ON journal (customer_id, currency) WHERE account = 'wallet';

-- access: what somebody may use, and until when.
CREATE TABLE subscriptions (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    product_id INTEGER NOT NULL REFERENCES products (id),
    state TEXT NOT NULL,
    is_trial INTEGER NOT NULL DEFAULT 0,
    is_frozen INTEGER NOT NULL DEFAULT 0,
    starts_at INTEGER NOT NULL,
    anchor_day INTEGER NOT NULL,
    paid_until INTEGER NOT NULL,
    grace_days INTEGER NOT NULL,
    keep_days INTEGER NOT NULL,
    cancel_at_period_end INTEGER NOT NULL DEFAULT 0,
    change_at INTEGER,
    remind_at INTEGER,
    ended_at INTEGER
);
CREATE INDEX subscriptions_customer ON subscriptions (customer_id, product_id, paid_until);
CREATE INDEX subscriptions_change ON subscriptions (change_at) WHERE change_at IS NOT NULL;
CREATE INDEX subscriptions_remind ON subscriptions (remind_at) WHERE remind_at IS NOT NULL;

-- access: who had a trial.
CREATE TABLE trials (
    customer_id INTEGER PRIMARY KEY REFERENCES customers (id),
    product_id INTEGER NOT NULL REFERENCES products (id),
    taken_at INTEGER NOT NULL
);

-- access: a subscription's account with its connector.
CREATE TABLE accounts (
    subscription_id INTEGER PRIMARY KEY REFERENCES subscriptions (id),
    connector TEXT NOT NULL,
    actual TEXT NOT NULL DEFAULT 'none',
    external_id TEXT NOT NULL DEFAULT '',
    encrypted BLOB,
    token TEXT NOT NULL UNIQUE,
    wishes INTEGER NOT NULL DEFAULT 0,
    delivered_at INTEGER
);
CREATE INDEX accounts_external ON accounts (external_id) WHERE external_id <> '';

-- access: from where an account was used.
CREATE TABLE account_uses (
    subscription_id INTEGER NOT NULL REFERENCES subscriptions (id),
    door TEXT NOT NULL,
    address TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    times INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (subscription_id, door, address)
);
CREATE INDEX account_uses_last ON account_uses (last_at);

-- access: credentials loaded beforehand, given out one by one.
CREATE TABLE stock (
    id INTEGER PRIMARY KEY,
    plan TEXT NOT NULL,
    username TEXT NOT NULL,
    panel TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    encrypted BLOB NOT NULL,
    state TEXT NOT NULL DEFAULT 'free',
    subscription_id INTEGER REFERENCES subscriptions (id),
    loaded_at INTEGER NOT NULL,
    taken_at INTEGER,
    UNIQUE (username, panel)
);
CREATE INDEX stock_free ON stock (plan, id) WHERE state = 'free';
CREATE UNIQUE INDEX stock_one_line ON stock (subscription_id) WHERE state = 'taken';

-- orders: what somebody wants to buy; `basket` says in one word what is in it, so that who asks
-- for the same again finds the order that is open.
CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    kind TEXT NOT NULL,
    basket TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    closed_at INTEGER
);
CREATE UNIQUE INDEX orders_one_open ON orders (customer_id, basket) WHERE state = 'open';
CREATE INDEX orders_customer ON orders (customer_id);
CREATE INDEX orders_expiring ON orders (expires_at) WHERE state = 'open';

-- orders: what is bought, a line each. An order may be offered at several prices (euros, Stars,
-- yesterday's); each such quote has lines of its own, and a payment pays those of its quote.
-- `minor` is what all of the line costs after `discount`, tax included; `lengthens` the
-- subscription that was asked for, `is_another` that one more is wanted beside what runs. What
-- was sold knows its `subscription_id`, what of the money was `paid` for it, and its `tax`.
CREATE TABLE order_lines (
    id INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES orders (id),
    quote TEXT NOT NULL,
    position INTEGER NOT NULL,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    kind TEXT NOT NULL,
    product_id INTEGER NOT NULL REFERENCES products (id),
    price_id INTEGER REFERENCES prices (id),
    term TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    minor INTEGER NOT NULL CHECK (minor >= 0),
    currency TEXT NOT NULL,
    discount INTEGER NOT NULL CHECK (discount >= 0),
    lengthens INTEGER REFERENCES subscriptions (id),
    is_another INTEGER NOT NULL DEFAULT 0,
    subscription_id INTEGER REFERENCES subscriptions (id),
    paid INTEGER NOT NULL DEFAULT 0 CHECK (paid >= 0),
    tax INTEGER NOT NULL DEFAULT 0 CHECK (tax >= 0),
    UNIQUE (order_id, quote, position),
    -- Each buys one subscription: two televisions are two lines.
    CHECK (kind <> 'plan' OR quantity = 1)
);
CREATE INDEX order_lines_customer ON order_lines (customer_id, product_id);

-- orders: each line with the live subscription it is about: the one it bought or asks for, else
-- of those to its product the one that ends first; none where it begins one. The rule stands here alone.
CREATE VIEW targeted_lines AS
SELECT l.*, COALESCE(
    (
        SELECT s.id FROM subscriptions AS s
        WHERE s.id = COALESCE(l.subscription_id, l.lengthens) AND s.state <> 'ended'
    ),
    (
        SELECT s.id FROM subscriptions AS s
        WHERE s.customer_id = l.customer_id AND s.product_id = l.product_id
            AND s.state <> 'ended' AND l.is_another = 0
        ORDER BY s.paid_until, s.id LIMIT 1
    )
) AS target_id
FROM order_lines AS l;

-- orders: one try to pay an order, with one provider.
CREATE TABLE payments (
    id INTEGER PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    order_id INTEGER NOT NULL REFERENCES orders (id),
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    provider TEXT NOT NULL,
    quote TEXT NOT NULL,
    minor INTEGER NOT NULL CHECK (minor > 0),
    whole INTEGER NOT NULL CHECK (whole >= minor),
    currency TEXT NOT NULL,
    state TEXT NOT NULL,
    provider_ref TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    screen_id INTEGER,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- Until then the wallet keeps what this counts on, which is `whole - minor`.
    kept_until INTEGER NOT NULL,
    seen_until INTEGER,
    poll_at INTEGER,
    leased_by INTEGER,
    leased_until INTEGER
);
CREATE UNIQUE INDEX payments_one_try ON payments (order_id, provider, currency)
WHERE state = 'created' OR state = 'seen' OR state = 'unknown';
CREATE UNIQUE INDEX payments_provider_ref ON payments (provider, provider_ref)
WHERE provider_ref <> '';
CREATE INDEX payments_poll ON payments (poll_at) WHERE poll_at IS NOT NULL;
CREATE INDEX payments_order ON payments (order_id);
CREATE INDEX payments_customer ON payments (customer_id, created_at);
CREATE INDEX payments_counting ON payments (customer_id) WHERE whole > minor;

-- orders: providers that do not answer.
CREATE TABLE provider_health (
    provider TEXT PRIMARY KEY,
    failures INTEGER NOT NULL DEFAULT 0,
    is_open INTEGER NOT NULL DEFAULT 0,
    opened_at INTEGER,
    try_at INTEGER,
    tries INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX circuits_trying ON provider_health (try_at) WHERE try_at IS NOT NULL;

-- ledger: money that arrived; here, and not beside the journal, as it refers to payments.
CREATE TABLE receipts (
    id INTEGER PRIMARY KEY,
    provider TEXT NOT NULL,
    receipt_id TEXT NOT NULL,
    payment_id INTEGER REFERENCES payments (id),
    customer_id INTEGER REFERENCES customers (id),
    inbox_event_id INTEGER REFERENCES inbox (id),
    minor INTEGER NOT NULL,
    tax INTEGER NOT NULL DEFAULT 0,
    currency TEXT NOT NULL,
    verdict TEXT NOT NULL,
    to_order INTEGER NOT NULL,
    to_wallet INTEGER NOT NULL,
    from_wallet INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    UNIQUE (provider, receipt_id)
);
CREATE INDEX receipts_payment ON receipts (payment_id);
CREATE INDEX receipts_recorded ON receipts (recorded_at);
CREATE INDEX receipts_customer ON receipts (customer_id);
CREATE INDEX receipts_unassigned ON receipts (id) WHERE verdict = 'unknown_order';

-- access: time that was given; here, and not beside subscriptions, as it refers to order lines.
CREATE TABLE periods (
    id INTEGER PRIMARY KEY,
    subscription_id INTEGER NOT NULL REFERENCES subscriptions (id),
    line_id INTEGER UNIQUE REFERENCES order_lines (id),
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    CHECK (ends_at > starts_at),
    UNIQUE (subscription_id, starts_at)
);

-- screening: whose card, wallet or bank account paid for whom.
CREATE TABLE payers (
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    fingerprint TEXT NOT NULL,
    country TEXT NOT NULL DEFAULT '',
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (customer_id, fingerprint)
);
CREATE INDEX payers_fingerprint ON payers (fingerprint);

-- screening: whom staff keep out.
CREATE TABLE blocklist (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    staff_id INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    UNIQUE (kind, value)
);

-- credit: what of a wallet is set aside for an order.
CREATE TABLE wallet_reservations (
    order_id INTEGER PRIMARY KEY REFERENCES orders (id),
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    minor INTEGER NOT NULL CHECK (minor >= 0),
    currency TEXT NOT NULL,
    noted_at INTEGER NOT NULL
);
CREATE INDEX wallet_parts_customer ON wallet_reservations (customer_id, currency);

-- renewals: consents to keep what a payment was paid with.
CREATE TABLE consents (
    payment_id INTEGER PRIMARY KEY REFERENCES payments (id),
    consented_at INTEGER NOT NULL
);

-- renewals: payment methods that are kept.
CREATE TABLE saved_methods (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    provider TEXT NOT NULL,
    payment_id INTEGER NOT NULL UNIQUE REFERENCES payments (id),
    encrypted BLOB NOT NULL,
    brand TEXT NOT NULL,
    last4 TEXT NOT NULL,
    saved_at INTEGER NOT NULL,
    forgotten_at INTEGER
);
CREATE INDEX saved_methods_customer ON saved_methods (customer_id) WHERE forgotten_at IS NULL;

-- renewals: subscriptions that are charged automatically; `agreed_at` is when the person last wanted it so.
CREATE TABLE renewals (
    subscription_id INTEGER PRIMARY KEY REFERENCES subscriptions (id),
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    method_id INTEGER NOT NULL REFERENCES saved_methods (id),
    term TEXT NOT NULL,
    currency TEXT NOT NULL,
    is_on INTEGER NOT NULL DEFAULT 1,
    agreed_at INTEGER NOT NULL,
    round_end INTEGER NOT NULL,
    told_price_id INTEGER,
    charge_at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    silences INTEGER NOT NULL DEFAULT 0,
    payment_id INTEGER REFERENCES payments (id),
    next_at INTEGER,
    leased_by INTEGER,
    leased_until INTEGER
);
CREATE INDEX renewals_next ON renewals (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX renewals_customer ON renewals (customer_id);

-- renewals: subscriptions in Stars, which Telegram charges.
CREATE TABLE star_subscriptions (
    payment_id INTEGER PRIMARY KEY REFERENCES payments (id),
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    product_id INTEGER NOT NULL REFERENCES products (id),
    price_id INTEGER NOT NULL REFERENCES prices (id),
    subscription_id INTEGER REFERENCES subscriptions (id),
    charge_id TEXT NOT NULL,
    state TEXT NOT NULL,
    is_stopped_here INTEGER NOT NULL DEFAULT 0,
    expires_at INTEGER NOT NULL,
    began_at INTEGER NOT NULL
);
CREATE INDEX star_subscriptions_customer ON star_subscriptions (customer_id);

-- refunds: money that goes back.
CREATE TABLE refunds (
    id INTEGER PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    receipt INTEGER NOT NULL REFERENCES receipts (id),
    customer_id INTEGER REFERENCES customers (id),
    route TEXT NOT NULL,
    state TEXT NOT NULL,
    minor INTEGER NOT NULL CHECK (minor > 0),
    tax INTEGER NOT NULL DEFAULT 0,
    currency TEXT NOT NULL,
    from_wallet INTEGER NOT NULL,
    from_order INTEGER NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    staff_id INTEGER,
    refund_ref TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    tries INTEGER NOT NULL DEFAULT 0,
    ask_at INTEGER,
    leased_by INTEGER,
    leased_until INTEGER,
    made_at INTEGER NOT NULL,
    done_at INTEGER,
    returned_at INTEGER,
    returns INTEGER NOT NULL DEFAULT 0,
    CHECK (from_wallet >= 0 AND from_order >= 0 AND from_wallet + from_order <= minor)
);
CREATE INDEX refunds_receipt ON refunds (receipt);
CREATE INDEX refunds_customer ON refunds (customer_id);
CREATE INDEX refunds_ask ON refunds (ask_at) WHERE ask_at IS NOT NULL;

-- refunds: what of a refund's `from_order` and `tax` each line gives back, and how much paid time;
-- `restored_by` is the line that gave this time again, once the money had come back.
CREATE TABLE refund_lines (
    refund_id INTEGER NOT NULL REFERENCES refunds (id),
    line_id INTEGER NOT NULL REFERENCES order_lines (id),
    minor INTEGER NOT NULL CHECK (minor >= 0),
    tax INTEGER NOT NULL CHECK (tax >= 0),
    seconds_back INTEGER NOT NULL DEFAULT 0,
    restored_by INTEGER REFERENCES order_lines (id),
    PRIMARY KEY (refund_id, line_id)
);
CREATE INDEX refund_lines_line ON refund_lines (line_id);
CREATE INDEX refund_lines_restored ON refund_lines (restored_by) WHERE restored_by IS NOT NULL;

-- refunds: how much of a receipt its provider says went back; `returned` of it came back since.
CREATE TABLE refund_totals (
    provider TEXT NOT NULL,
    receipt_id TEXT NOT NULL,
    minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    told_at INTEGER NOT NULL,
    returned INTEGER NOT NULL DEFAULT 0,
    returned_at INTEGER,
    PRIMARY KEY (provider, receipt_id, currency)
);

-- refunds: payments that a bank or a customer contests. `asked` is what a bank wants, `minor` what
-- it has; `heard_at` is when, by its own clock, it said what made this state.
CREATE TABLE disputes (
    id INTEGER PRIMARY KEY,
    provider TEXT NOT NULL,
    kind TEXT NOT NULL,
    dispute_ref TEXT NOT NULL,
    receipt_id TEXT NOT NULL,
    receipt INTEGER REFERENCES receipts (id),
    payment_id INTEGER NOT NULL REFERENCES payments (id),
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    minor INTEGER NOT NULL,
    asked INTEGER NOT NULL,
    currency TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    answer_by INTEGER,
    frozen_id INTEGER REFERENCES subscriptions (id),
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,
    heard_at INTEGER,
    turns INTEGER NOT NULL DEFAULT 0,
    CHECK (minor >= 0 AND asked >= 0)
);
CREATE UNIQUE INDEX disputes_once ON disputes (provider, kind, receipt_id, dispute_ref);
CREATE INDEX disputes_receipt ON disputes (receipt);
CREATE INDEX disputes_customer ON disputes (customer_id);
CREATE INDEX disputes_frozen ON disputes (frozen_id) WHERE frozen_id IS NOT NULL;

-- settlement: what a webhook claims, until its provider confirms it.
CREATE TABLE provider_claims (
    inbox_event_id INTEGER PRIMARY KEY REFERENCES inbox (id),
    payment_id INTEGER NOT NULL REFERENCES payments (id),
    receipt_id TEXT NOT NULL,
    provider_ref TEXT NOT NULL DEFAULT '',
    minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    made_at INTEGER NOT NULL,
    told_at INTEGER
);
CREATE INDEX provider_claims_open ON provider_claims (payment_id) WHERE state = 'open';

-- settlement: money that waits for a person to decide.
CREATE TABLE reviews (
    id INTEGER PRIMARY KEY,
    receipt_id INTEGER NOT NULL UNIQUE REFERENCES receipts (id),
    payment_id INTEGER NOT NULL REFERENCES payments (id),
    order_id INTEGER NOT NULL REFERENCES orders (id),
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    state TEXT NOT NULL DEFAULT 'open',
    findings TEXT NOT NULL,
    fingerprint TEXT NOT NULL DEFAULT '',
    verdict TEXT NOT NULL,
    to_order INTEGER NOT NULL,
    to_wallet INTEGER NOT NULL,
    from_wallet INTEGER NOT NULL,
    currency TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    decided_at INTEGER,
    decided_by INTEGER
);
CREATE INDEX reviews_open ON reviews (id) WHERE state = 'open';
CREATE INDEX reviews_customer ON reviews (customer_id);

-- intake: pictures sent as proof of a bank transfer.
CREATE TABLE proofs (
    id INTEGER PRIMARY KEY,
    payment_id INTEGER NOT NULL REFERENCES payments (id),
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    kind TEXT NOT NULL,
    file_id TEXT NOT NULL,
    unique_id TEXT NOT NULL,
    digest TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'waiting',
    reason TEXT NOT NULL DEFAULT '',
    minor INTEGER,
    staff_id INTEGER,
    sent_at INTEGER NOT NULL,
    decided_at INTEGER,
    UNIQUE (payment_id, unique_id)
);
CREATE INDEX proofs_waiting ON proofs (id) WHERE state = 'waiting';
CREATE INDEX proofs_unique_id ON proofs (unique_id);
CREATE INDEX proofs_digest ON proofs (digest) WHERE digest <> '';
