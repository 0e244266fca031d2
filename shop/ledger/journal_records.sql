-- name: journal_add*!
INSERT INTO journal (group_ref, line, account, customer_id, minor, currency, entered_at)
VALUES (:group_ref, :line, :account, :customer_id, :minor, :currency, :now);

-- name: journal_knows$
SELECT group_ref FROM journal WHERE group_ref = :group_ref LIMIT 1;

-- name: wallet_balances
SELECT currency, SUM(-minor) AS minor FROM journal
WHERE account = 'wallet' AND customer_id = :customer_id
GROUP BY currency HAVING SUM(-minor) <> 0 ORDER BY currency;

-- name: journal_unbalanced
SELECT group_ref, currency, SUM(minor) AS minor FROM journal
GROUP BY group_ref, currency HAVING SUM(minor) <> 0;

-- name: journal_totals
SELECT account, currency, SUM(minor) AS minor FROM journal
GROUP BY account, currency ORDER BY account, currency;
