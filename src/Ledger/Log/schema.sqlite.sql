CREATE TABLE "ledger_anchors" (
    "id" INTEGER NOT NULL CONSTRAINT "PK_ledger_anchors" PRIMARY KEY AUTOINCREMENT,
    "size" INTEGER NOT NULL,
    "root" BLOB NOT NULL,
    "state" INTEGER NOT NULL,
    "since_block" INTEGER NOT NULL,
    "chain_id" INTEGER NOT NULL,
    "contract" TEXT NOT NULL,
    "transaction_hash" TEXT NULL,
    "block" INTEGER NULL,
    "block_hash" TEXT NULL,
    "block_time" INTEGER NULL
);


CREATE TABLE "ledger_checkpoints" (
    "size" INTEGER NOT NULL CONSTRAINT "PK_ledger_checkpoints" PRIMARY KEY,
    "root" BLOB NOT NULL,
    "note" TEXT NOT NULL,
    "signed_at" INTEGER NOT NULL
);


CREATE TABLE "ledger_cosignatures" (
    "size" INTEGER NOT NULL,
    "witness" TEXT NOT NULL,
    "line" TEXT NOT NULL,
    "at" INTEGER NOT NULL,
    CONSTRAINT "PK_ledger_cosignatures" PRIMARY KEY ("size", "witness")
);


CREATE TABLE "ledger_entries" (
    "position" INTEGER NOT NULL CONSTRAINT "PK_ledger_entries" PRIMARY KEY,
    "entry" BLOB NOT NULL
);


CREATE TABLE "ledger_pending" (
    "entry" BLOB NOT NULL CONSTRAINT "PK_ledger_pending" PRIMARY KEY,
    "added_at" INTEGER NOT NULL,
    "round" INTEGER NOT NULL
);


CREATE TABLE "ledger_proofs" (
    "anchor" INTEGER NOT NULL CONSTRAINT "PK_ledger_proofs" PRIMARY KEY,
    "consensus" TEXT NOT NULL,
    "block" INTEGER NOT NULL,
    "header" BLOB NOT NULL,
    "proof" BLOB NOT NULL
);


CREATE TABLE "ledger_state" (
    "id" INTEGER NOT NULL CONSTRAINT "PK_ledger_state" PRIMARY KEY,
    "origin" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "root" BLOB NOT NULL,
    "lease_owner" TEXT NOT NULL,
    "lease_until" INTEGER NOT NULL,
    "fault" TEXT NULL,
    "served" INTEGER NOT NULL DEFAULT 0
);


CREATE TABLE "ledger_tiles" (
    "level" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "hashes" BLOB NOT NULL,
    "inner_hashes" BLOB NULL,
    CONSTRAINT "PK_ledger_tiles" PRIMARY KEY ("level", "number")
);


CREATE TABLE "ledger_validator_changes" (
    "block" INTEGER NOT NULL CONSTRAINT "PK_ledger_validator_changes" PRIMARY KEY,
    "header" BLOB NOT NULL
);


CREATE INDEX "ledger_anchors_state_size" ON "ledger_anchors" ("state", "size");


CREATE UNIQUE INDEX "ledger_entries_entry" ON "ledger_entries" ("entry");


CREATE INDEX "ledger_proofs_block" ON "ledger_proofs" ("block");
