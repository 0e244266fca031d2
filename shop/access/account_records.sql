-- name: account_add!
INSERT INTO accounts (subscription_id, connector, token, wishes)
VALUES (:subscription_id, :connector, :token, 1);

-- name: account_wish$
-- Each wish has a number, so that its outbox row has a key of its own.
UPDATE accounts SET wishes = wishes + 1 WHERE subscription_id = :subscription_id
RETURNING wishes;

-- name: account_of^
SELECT * FROM accounts WHERE subscription_id = :subscription_id;

-- name: account_note!
UPDATE accounts SET actual = :actual, external_id = :external_id, encrypted = :encrypted
WHERE subscription_id = :subscription_id;

-- name: account_new_token!
UPDATE accounts SET token = :token WHERE subscription_id = :subscription_id;

-- name: account_delivered!
UPDATE accounts SET delivered_at = :now WHERE subscription_id = :subscription_id;

-- name: account_by_token^
SELECT a.*, s.customer_id, s.state, s.is_trial, s.is_frozen, s.paid_until, s.grace_days,
    s.keep_days, p.id AS product_id, p.slug, p.document
FROM accounts AS a
INNER JOIN subscriptions AS s ON s.id = a.subscription_id
INNER JOIN products AS p ON p.id = s.product_id
WHERE a.token = :token;

-- name: accounts_by_external
SELECT a.*, s.customer_id, s.state, s.is_trial, s.is_frozen, s.paid_until, s.grace_days,
    s.keep_days, p.id AS product_id, p.slug, p.document
FROM accounts AS a
INNER JOIN subscriptions AS s ON s.id = a.subscription_id
INNER JOIN products AS p ON p.id = s.product_id
WHERE a.external_id = :external_id AND a.external_id <> '' AND a.connector = :connector
LIMIT 5;
