-- The books as they began: people, catalog, orders, money, subscriptions, delivery, doors.
-- Times are whole seconds since 1970 UTC, money whole minor units, flags 0 or 1.

CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    telegram_id INTEGER NOT NULL UNIQUE,
    name TEXT NOT NULL,
    username TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT 'en',
    zone TEXT NOT NULL DEFAULT 'UTC',
    currency TEXT NOT NULL DEFAULT '',
    wants_reminders INTEGER NOT NULL DEFAULT 1,
    is_reachable INTEGER NOT NULL DEFAULT 1,
    version INTEGER NOT NULL DEFAULT 0,
    source TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL
);
CREATE INDEX customers_username ON customers (username) WHERE username <> '';

CREATE TABLE catalogs (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL,
    document TEXT NOT NULL,
    applied_at INTEGER NOT NULL
);

CREATE TABLE products (
    id INTEGER PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    document TEXT NOT NULL,
    position INTEGER NOT NULL,
    is_offered INTEGER NOT NULL DEFAULT 1
);

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
CREATE TRIGGER prices_are_never_edited
BEFORE UPDATE OF product_id, term, currency, minor, since ON prices
BEGIN
    SELECT RAISE(ABORT, 'prices are superseded, never edited');
END;

CREATE TABLE subscriptions (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    product_id INTEGER NOT NULL REFERENCES products (id),
    state TEXT NOT NULL,
    is_trial INTEGER NOT NULL DEFAULT 0,
    is_held INTEGER NOT NULL DEFAULT 0,
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
CREATE UNIQUE INDEX subscriptions_one_of_a_product ON subscriptions (customer_id, product_id)
WHERE state <> 'ended';
CREATE INDEX subscriptions_customer ON subscriptions (customer_id);
CREATE INDEX subscriptions_change ON subscriptions (change_at) WHERE change_at IS NOT NULL;
CREATE INDEX subscriptions_remind ON subscriptions (remind_at) WHERE remind_at IS NOT NULL;

CREATE TABLE trials (
    customer_id INTEGER PRIMARY KEY REFERENCES customers (id),
    product_id INTEGER NOT NULL REFERENCES products (id),
    taken_at INTEGER NOT NULL
);

CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    product_id INTEGER NOT NULL REFERENCES products (id),
    kind TEXT NOT NULL,
    term TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    closed_at INTEGER
);
CREATE UNIQUE INDEX orders_one_open ON orders (customer_id, product_id, term)
WHERE state = 'open';
CREATE INDEX orders_customer ON orders (customer_id);
CREATE INDEX orders_expiring ON orders (expires_at) WHERE state = 'open';

CREATE TABLE payments (
    id INTEGER PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    order_id INTEGER NOT NULL REFERENCES orders (id),
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    provider TEXT NOT NULL,
    price_id INTEGER REFERENCES prices (id),
    minor INTEGER NOT NULL CHECK (minor > 0),
    whole INTEGER NOT NULL CHECK (whole >= minor),
    currency TEXT NOT NULL,
    state TEXT NOT NULL,
    provider_ref TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    screen_id INTEGER,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    poll_at INTEGER
);
CREATE UNIQUE INDEX payments_one_try ON payments (order_id, provider, currency)
WHERE state IN ('created', 'seen', 'unknown');
CREATE UNIQUE INDEX payments_provider_ref ON payments (provider, provider_ref)
WHERE provider_ref <> '';
CREATE INDEX payments_poll ON payments (poll_at) WHERE poll_at IS NOT NULL;
CREATE INDEX payments_order ON payments (order_id);

CREATE TABLE receipts (
    id INTEGER PRIMARY KEY,
    provider TEXT NOT NULL,
    receipt_id TEXT NOT NULL,
    payment_id INTEGER REFERENCES payments (id),
    customer_id INTEGER REFERENCES customers (id),
    minor INTEGER NOT NULL,
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
CREATE TRIGGER journal_is_append_only_update BEFORE UPDATE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
CREATE TRIGGER journal_is_append_only_delete BEFORE DELETE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;

CREATE TABLE periods (
    id INTEGER PRIMARY KEY,
    subscription_id INTEGER NOT NULL REFERENCES subscriptions (id),
    order_id INTEGER UNIQUE REFERENCES orders (id),
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    CHECK (ends_at > starts_at),
    UNIQUE (subscription_id, starts_at)
);

CREATE TABLE accounts (
    subscription_id INTEGER PRIMARY KEY REFERENCES subscriptions (id),
    connector TEXT NOT NULL,
    actual TEXT NOT NULL DEFAULT 'none',
    external_id TEXT NOT NULL DEFAULT '',
    sealed BLOB,
    token TEXT NOT NULL UNIQUE,
    wishes INTEGER NOT NULL DEFAULT 0,
    delivered_at INTEGER
);
CREATE INDEX accounts_external ON accounts (external_id) WHERE external_id <> '';

CREATE TABLE stock (
    id INTEGER PRIMARY KEY,
    plan TEXT NOT NULL,
    fingerprint TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL,
    state TEXT NOT NULL DEFAULT 'free',
    subscription_id INTEGER REFERENCES subscriptions (id),
    loaded_at INTEGER NOT NULL,
    taken_at INTEGER
);
CREATE INDEX stock_free ON stock (plan, id) WHERE state = 'free';
CREATE UNIQUE INDEX stock_one_line ON stock (subscription_id) WHERE state = 'taken';

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    payload TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    tries INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    done_at INTEGER,
    error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX outbox_lane ON outbox (lane, id) WHERE state = 'waiting';
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE state = 'waiting';
CREATE INDEX outbox_dead ON outbox (id) WHERE state = 'dead';

CREATE TABLE inbox (
    id INTEGER PRIMARY KEY,
    provider TEXT NOT NULL,
    event_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    headers TEXT NOT NULL,
    body BLOB NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    tries INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER,
    received_at INTEGER NOT NULL,
    UNIQUE (provider, event_id)
);
CREATE INDEX inbox_waiting ON inbox (due_at, id) WHERE state = 'waiting';
CREATE INDEX inbox_stuck ON inbox (id) WHERE state IN ('stuck', 'unhandled', 'unknown');

CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    staff_id INTEGER NOT NULL,
    act TEXT NOT NULL,
    customer_id INTEGER REFERENCES customers (id),
    facts TEXT NOT NULL,
    acted_at INTEGER NOT NULL
);
CREATE INDEX audit_customer ON audit (customer_id);
CREATE TRIGGER audit_is_append_only_update BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit is append-only');
END;
CREATE TRIGGER audit_is_append_only_delete BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit is append-only');
END;

CREATE TABLE notes (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
