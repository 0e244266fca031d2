-- Past sales as a shop would have them: everyone bought a month, it runs, its account is made.
-- {first} and {last} bound the customers, {now} is the present; names are spread by md5.

INSERT INTO customers (id, telegram_id, name, username, language, zone, created_at)
WITH RECURSIVE n (i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})
SELECT
    i, 10000000 + i, 'Customer ' || i, 'c' || substr(md5(CAST(i AS TEXT)), 1, 12), 'de',
    'Europe/Berlin', {now} - 2592000
FROM n;

INSERT INTO subscriptions (
    id, customer_id, product_id, state, starts_at, anchor_day, paid_until, grace_days, keep_days,
    change_at, remind_at
)
SELECT
    id, id, 1, 'active', {now} - 864000, 1, {now} + 864000 + id % 864000, 3, 14,
    {now} + 864000 + id % 864000, {now} + 259200 + id % 864000
FROM customers WHERE id BETWEEN {first} AND {last};

-- the rest of a sale: reminders alone do not need it

INSERT INTO orders (id, customer_id, kind, basket, state, created_at, expires_at, closed_at)
SELECT id, id, 'purchase', '1:1m', 'paid', {now} - 864000, {now} - 777600, {now} - 864000
FROM customers WHERE id BETWEEN {first} AND {last};

INSERT INTO order_lines (
    id, order_id, quote, position, customer_id, kind, product_id, price_id, term, quantity, minor,
    currency, discount, subscription_id, paid
)
SELECT id, id, '1', 1, id, 'plan', 1, 1, '1m', 1, 799, 'EUR', 0, id, 799
FROM customers WHERE id BETWEEN {first} AND {last};

INSERT INTO payments (
    id, reference, order_id, customer_id, provider, quote, minor, whole, currency, state,
    provider_ref, url, created_at, expires_at
)
SELECT
    id, 'tk_' || substr(md5('r' || id), 1, 19), id, id, 'stripe', '1', 799, 799, 'EUR', 'final',
    'cs_test_' || md5('s' || id), 'https://checkout.stripe.com/c/pay/cs_test_' || md5('s' || id),
    {now} - 864000, {now} - 777600
FROM customers WHERE id BETWEEN {first} AND {last};

INSERT INTO receipts (
    id, provider, receipt_id, payment_id, customer_id, minor, currency, verdict, to_order,
    to_wallet, from_wallet, occurred_at, recorded_at
)
SELECT
    id, 'stripe', 'pi_3' || substr(md5('i' || id), 1, 23), id, id, 799, 'EUR', 'paid', 799, 0, 0,
    {now} - 864000, {now} - 864000
FROM customers WHERE id BETWEEN {first} AND {last};

INSERT INTO journal (group_ref, line, account, minor, currency, entered_at)
SELECT 'receipt:' || id, 0, 'provider:stripe', 799, 'EUR', {now} - 864000
FROM customers WHERE id BETWEEN {first} AND {last}
UNION ALL
SELECT 'receipt:' || id, 1, 'sales', -799, 'EUR', {now} - 864000
FROM customers WHERE id BETWEEN {first} AND {last};

INSERT INTO periods (id, subscription_id, line_id, starts_at, ends_at, made_at)
SELECT id, id, id, {now} - 864000, {now} + 864000, {now} - 864000
FROM customers WHERE id BETWEEN {first} AND {last};

INSERT INTO accounts (subscription_id, connector, actual, external_id, token, wishes, delivered_at)
SELECT
    id, 'generated', 'active', 'u' || substr(md5('u' || id), 1, 11),
    substr(md5('t' || id), 1, 24), 1, {now} - 864000
FROM customers WHERE id BETWEEN {first} AND {last};

INSERT INTO outbox (id, kind, lane, key, payload, state, tries, due_at, created_at, done_at)
SELECT
    id * 2, 'chat', 'chat:' || (10000000 + id), 'paid:' || id,
    '{{"to": 10000000, "notice": "paid", "plan": "solo", "term": "1m", "minor": 799, "currency": "EUR"}}',
    'done', 1, {now} - 864000, {now} - 864000, {now} - 864000
FROM customers WHERE id BETWEEN {first} AND {last}
UNION ALL
SELECT
    id * 2 + 1, 'provision', 'account:' || id, 'wish:' || id || ':1',
    '{{"subscription_id": 1, "verb": "create"}}',
    'done', 1, {now} - 864000, {now} - 864000, {now} - 864000
FROM customers WHERE id BETWEEN {first} AND {last};

INSERT INTO inbox (id, provider, event_id, kind, headers, body, state, received_at)
SELECT
    id, 'stripe', 'evt_1' || substr(md5('e' || id), 1, 19), 'checkout.session.completed', '{{}}',
    {body}, 'done', {now} - 864000
FROM customers WHERE id BETWEEN {first} AND {last};
