-- Pictures that customers send as proof of a bank transfer, what of a wallet waits for an order,
-- and the country a person says he lives in.

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

CREATE TABLE wallet_parts (
    order_id INTEGER PRIMARY KEY REFERENCES orders (id),
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    minor INTEGER NOT NULL CHECK (minor >= 0),
    currency TEXT NOT NULL,
    noted_at INTEGER NOT NULL
);
CREATE INDEX wallet_parts_customer ON wallet_parts (customer_id, currency);

ALTER TABLE customers ADD COLUMN country TEXT NOT NULL DEFAULT '';
