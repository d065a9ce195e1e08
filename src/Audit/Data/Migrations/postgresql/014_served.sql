ALTER TABLE ledger_state ADD COLUMN served bigint NOT NULL DEFAULT 0;
UPDATE ledger_state SET served = COALESCE((SELECT MAX(size) FROM ledger_checkpoints), 0);
