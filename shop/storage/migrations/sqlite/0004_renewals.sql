-- Payments that come again: saved means, what is renewed by them, and Star subscriptions.

CREATE TABLE savings (
    payment_id INTEGER PRIMARY KEY REFERENCES payments (id),
    consented_at INTEGER NOT NULL
);

CREATE TABLE means (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    provider TEXT NOT NULL,
    payment_id INTEGER NOT NULL UNIQUE REFERENCES payments (id),
    sealed BLOB NOT NULL,
    brand TEXT NOT NULL,
    last4 TEXT NOT NULL,
    saved_at INTEGER NOT NULL,
    forgotten_at INTEGER
);
CREATE INDEX means_customer ON means (customer_id) WHERE forgotten_at IS NULL;

CREATE TABLE renewals (
    subscription_id INTEGER PRIMARY KEY REFERENCES subscriptions (id),
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    means_id INTEGER NOT NULL REFERENCES means (id),
    term TEXT NOT NULL,
    currency TEXT NOT NULL,
    is_on INTEGER NOT NULL DEFAULT 1,
    round_end INTEGER NOT NULL,
    told_price_id INTEGER,
    charge_at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    silences INTEGER NOT NULL DEFAULT 0,
    payment_id INTEGER REFERENCES payments (id),
    next_at INTEGER
);
CREATE INDEX renewals_next ON renewals (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX renewals_customer ON renewals (customer_id);

CREATE TABLE star_subscriptions (
    payment_id INTEGER PRIMARY KEY REFERENCES payments (id),
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    product_id INTEGER NOT NULL REFERENCES products (id),
    price_id INTEGER NOT NULL REFERENCES prices (id),
    charge_id TEXT NOT NULL,
    state TEXT NOT NULL,
    is_stopped_here INTEGER NOT NULL DEFAULT 0,
    expires_at INTEGER NOT NULL,
    began_at INTEGER NOT NULL
);
CREATE INDEX star_subscriptions_customer ON star_subscriptions (customer_id);
