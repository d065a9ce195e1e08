CREATE TABLE ledger_cosignatures (
    size bigint NOT NULL,
    witness text NOT NULL,
    line text NOT NULL,
    at bigint NOT NULL,
    CONSTRAINT "PK_ledger_cosignatures" PRIMARY KEY (size, witness)
);
