-- name: subscription_add$
INSERT INTO subscriptions (
    customer_id, product_id, state, is_trial, starts_at, anchor_day, paid_until,
    grace_days, keep_days, change_at, remind_at
)
VALUES (
    :customer_id, :product_id, :state, :is_trial, :starts_at, :anchor_day, :paid_until,
    :grace_days, :keep_days, :change_at, :remind_at
)
RETURNING id;

-- name: subscription_extend!
UPDATE subscriptions
SET state = :state, is_trial = :is_trial, starts_at = :starts_at, anchor_day = :anchor_day, paid_until = :paid_until,
    grace_days = :grace_days, keep_days = :keep_days,
    change_at = :change_at, remind_at = :remind_at, cancel_at_period_end = 0
WHERE id = :id AND state = :old;

-- name: subscription_by_id^
SELECT s.*, p.slug, p.document FROM subscriptions AS s
INNER JOIN products AS p ON p.id = s.product_id
WHERE s.id = :id;

-- name: subscription_live^
SELECT s.*, p.slug, p.document FROM subscriptions AS s
INNER JOIN products AS p ON p.id = s.product_id
WHERE s.customer_id = :customer_id AND s.product_id = :product_id AND s.state <> 'ended'
ORDER BY CASE WHEN s.id = :named THEN 0 ELSE 1 END, s.paid_until, s.id LIMIT 1;

-- name: subscriptions_beside$
-- How many more to the same product run beside this one.
SELECT COUNT(*) FROM subscriptions AS s
INNER JOIN subscriptions AS mine ON mine.customer_id = s.customer_id AND mine.product_id = s.product_id
WHERE mine.id = :id AND s.id <> mine.id AND s.state <> 'ended';

-- name: subscriptions_of
SELECT s.*, p.slug, p.document FROM subscriptions AS s
INNER JOIN products AS p ON p.id = s.product_id
WHERE s.customer_id = :customer_id ORDER BY s.id DESC LIMIT 20;

-- name: subscription_move!
UPDATE subscriptions SET state = :state, change_at = :change_at, ended_at = :ended_at
WHERE id = :id AND state = :old;

-- name: subscription_hold!
UPDATE subscriptions SET is_frozen = :is_frozen WHERE id = :id;

-- name: subscriptions_changing
SELECT id, customer_id FROM subscriptions WHERE change_at <= :now ORDER BY change_at LIMIT :most;

-- name: subscriptions_reminding
SELECT s.id, s.customer_id, s.starts_at, s.paid_until, s.remind_at, s.is_frozen,
    s.cancel_at_period_end, c.telegram_id, c.zone, c.wants_reminders, c.is_reachable
FROM subscriptions AS s
INNER JOIN customers AS c ON c.id = s.customer_id
WHERE s.remind_at <= :now ORDER BY s.remind_at LIMIT :most;

-- name: subscriptions_reminded*!
UPDATE subscriptions SET remind_at = :next_at WHERE id = :id AND remind_at = :was_at;

-- name: subscriptions_reschedule!
UPDATE subscriptions SET remind_at = :remind_at WHERE id = :id AND state <> 'ended';

-- name: period_add!
INSERT INTO periods (subscription_id, line_id, starts_at, ends_at, made_at)
VALUES (:subscription_id, :line_id, :starts_at, :ends_at, :now);

-- name: periods_of
SELECT * FROM periods WHERE subscription_id = :subscription_id ORDER BY starts_at;

-- name: trial_take$
INSERT INTO trials (customer_id, product_id, taken_at) VALUES (:customer_id, :product_id, :now)
ON CONFLICT (customer_id) DO NOTHING RETURNING customer_id;

-- name: trial_of^
SELECT * FROM trials WHERE customer_id = :customer_id;

-- name: subscriptions_next_reminder$
SELECT MIN(remind_at) FROM subscriptions WHERE remind_at IS NOT NULL;

-- name: subscriptions_counts
SELECT state, COUNT(*) AS many FROM subscriptions GROUP BY state ORDER BY state;

-- name: period_set!
UPDATE periods SET starts_at = :starts_at, ends_at = :ends_at WHERE id = :id;
