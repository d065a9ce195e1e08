CREATE TABLE "ledger_cosignatures" (
    "size" INTEGER NOT NULL,
    "witness" TEXT NOT NULL,
    "line" TEXT NOT NULL,
    "at" INTEGER NOT NULL,
    CONSTRAINT "PK_ledger_cosignatures" PRIMARY KEY ("size", "witness")
);
