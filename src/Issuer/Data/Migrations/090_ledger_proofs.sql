CREATE TABLE "ledger_proofs" (
    "anchor" INTEGER NOT NULL CONSTRAINT "PK_ledger_proofs" PRIMARY KEY,
    "consensus" TEXT NOT NULL,
    "block" INTEGER NOT NULL,
    "header" BLOB NOT NULL,
    "proof" BLOB NOT NULL
);

CREATE TABLE "ledger_validator_changes" (
    "block" INTEGER NOT NULL CONSTRAINT "PK_ledger_validator_changes" PRIMARY KEY,
    "header" BLOB NOT NULL
);

CREATE INDEX "ledger_proofs_block" ON "ledger_proofs" ("block");
