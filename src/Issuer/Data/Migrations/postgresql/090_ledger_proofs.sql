CREATE TABLE ledger_proofs (
    anchor bigint NOT NULL,
    consensus text NOT NULL,
    block bigint NOT NULL,
    header bytea NOT NULL,
    proof bytea NOT NULL,
    CONSTRAINT "PK_ledger_proofs" PRIMARY KEY (anchor)
);

CREATE TABLE ledger_validator_changes (
    block bigint NOT NULL,
    header bytea NOT NULL,
    CONSTRAINT "PK_ledger_validator_changes" PRIMARY KEY (block)
);

CREATE INDEX ledger_proofs_block ON ledger_proofs (block);
