-- The tax inside money that came and went back, and refunds that a bank sent back to the provider.
ALTER TABLE receipts ADD COLUMN tax BIGINT NOT NULL DEFAULT 0;
ALTER TABLE refunds ADD COLUMN tax BIGINT NOT NULL DEFAULT 0;
ALTER TABLE refunds ADD COLUMN bounced_at BIGINT;
