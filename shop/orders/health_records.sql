-- name: circuit_fail^
INSERT INTO provider_health (provider, failures, error) VALUES (:provider, 1, :error)
ON CONFLICT (provider) DO UPDATE
SET failures = provider_health.failures + 1, error = excluded.error
RETURNING *;

-- name: circuit_of^
SELECT * FROM provider_health WHERE provider = :provider;

-- name: circuit_open!
UPDATE provider_health SET is_open = 1, opened_at = :now, try_at = :try_at, tries = 0
WHERE provider = :provider AND is_open = 0;

-- name: circuit_suspect!
UPDATE provider_health SET try_at = :now WHERE provider = :provider AND is_open = 0 AND try_at IS NULL;

-- name: circuit_close^
-- With the row as it was: the moment it opened.
DELETE FROM provider_health WHERE provider = :provider RETURNING *;

-- name: circuit_half_close!
UPDATE provider_health SET is_open = 0, try_at = NULL, failures = :failures
WHERE provider = :provider AND is_open = 1;

-- name: circuits_open
SELECT * FROM provider_health WHERE is_open = 1 ORDER BY provider;

-- name: circuits_claim
UPDATE provider_health SET try_at = :lease, tries = tries + 1 WHERE try_at <= :now RETURNING *;

-- name: circuit_try_later!
UPDATE provider_health SET try_at = :try_at, error = :error WHERE provider = :provider;

-- name: circuits_next$
SELECT MIN(try_at) FROM provider_health WHERE try_at IS NOT NULL;
