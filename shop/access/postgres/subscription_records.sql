-- name: subscriptions_reminding
SELECT s.id, s.customer_id, s.starts_at, s.paid_until, s.remind_at, s.is_frozen,
    s.cancel_at_period_end, c.telegram_id, c.zone, c.wants_reminders, c.is_reachable
FROM subscriptions AS s
INNER JOIN customers AS c ON c.id = s.customer_id
WHERE s.remind_at <= :now ORDER BY s.remind_at LIMIT :most
FOR UPDATE OF s SKIP LOCKED;
