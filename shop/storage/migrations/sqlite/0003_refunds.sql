-- Money that goes back: refunds, what providers tell of theirs, disputes, and who used an account.

CREATE TABLE refunds (
    id INTEGER PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    receipt INTEGER NOT NULL REFERENCES receipts (id),
    customer_id INTEGER REFERENCES customers (id),
    way TEXT NOT NULL,
    state TEXT NOT NULL,
    minor INTEGER NOT NULL CHECK (minor > 0),
    currency TEXT NOT NULL,
    from_wallet INTEGER NOT NULL,
    from_order INTEGER NOT NULL,
    seconds_back INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    staff_id INTEGER,
    refund_ref TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    tries INTEGER NOT NULL DEFAULT 0,
    ask_at INTEGER,
    made_at INTEGER NOT NULL,
    done_at INTEGER,
    CHECK (from_wallet >= 0 AND from_order >= 0 AND from_wallet + from_order <= minor)
);
CREATE INDEX refunds_receipt ON refunds (receipt);
CREATE INDEX refunds_customer ON refunds (customer_id);
CREATE INDEX refunds_ask ON refunds (ask_at) WHERE ask_at IS NOT NULL;

CREATE TABLE refund_totals (
    provider TEXT NOT NULL,
    receipt_id TEXT NOT NULL,
    minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    told_at INTEGER NOT NULL,
    PRIMARY KEY (provider, receipt_id)
);

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
    currency TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    answer_by INTEGER,
    frozen_id INTEGER REFERENCES subscriptions (id),
    opened_at INTEGER NOT NULL,
    closed_at INTEGER
);
CREATE UNIQUE INDEX disputes_once ON disputes (provider, kind, receipt_id, dispute_ref);
CREATE INDEX disputes_receipt ON disputes (receipt);
CREATE INDEX disputes_customer ON disputes (customer_id);
CREATE INDEX disputes_frozen ON disputes (frozen_id) WHERE frozen_id IS NOT NULL;

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
