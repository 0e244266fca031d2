-- Nothing is believed that should not be, and nothing is swallowed: who paid, who is blocked,
-- money that waits for a person, what webhooks claimed, providers that do not answer.

CREATE TABLE payers (
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    fingerprint TEXT NOT NULL,
    country TEXT NOT NULL DEFAULT '',
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (customer_id, fingerprint)
);
CREATE INDEX payers_fingerprint ON payers (fingerprint);
CREATE INDEX payments_customer ON payments (customer_id, created_at);

CREATE TABLE blocklist (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    staff_id INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    UNIQUE (kind, value)
);

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

CREATE TABLE claims (
    letter_id INTEGER PRIMARY KEY REFERENCES inbox (id),
    payment_id INTEGER NOT NULL REFERENCES payments (id),
    receipt_id TEXT NOT NULL,
    provider_ref TEXT NOT NULL DEFAULT '',
    minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    made_at INTEGER NOT NULL,
    told_at INTEGER
);
CREATE INDEX claims_open ON claims (payment_id) WHERE state = 'open';

CREATE TABLE circuits (
    provider TEXT PRIMARY KEY,
    failures INTEGER NOT NULL DEFAULT 0,
    is_open INTEGER NOT NULL DEFAULT 0,
    opened_at INTEGER,
    try_at INTEGER,
    tries INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX circuits_trying ON circuits (try_at) WHERE try_at IS NOT NULL;

ALTER TABLE receipts ADD COLUMN letter_id INTEGER REFERENCES inbox (id);
CREATE INDEX receipts_unassigned ON receipts (id) WHERE verdict = 'unknown_order';
CREATE INDEX inbox_erasable ON inbox (received_at)
WHERE state = 'done' AND provider <> 'telegram' AND length(body) > 0;
