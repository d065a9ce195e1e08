-- Grants and withdrawals of accreditations on their way to the ledger.
CREATE TABLE "accreditation_acts" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_accreditation_acts" PRIMARY KEY,
    "Organisation" TEXT NOT NULL,
    "Kind" TEXT NOT NULL,
    "Number" INTEGER NOT NULL,
    "Holder" BLOB NULL,
    "Right" INTEGER NOT NULL,
    "Scope" TEXT NULL,
    "From" INTEGER NOT NULL,
    "Until" INTEGER NULL,
    "Reason" TEXT NULL,
    "AskedAt" INTEGER NOT NULL,
    "AskedBy" TEXT NOT NULL,
    "State" TEXT NOT NULL,
    "Granted" INTEGER NULL,
    "Transaction" TEXT NULL,
    "Waiting" TEXT NULL,
    "Version" INTEGER NOT NULL
);


CREATE INDEX "IX_accreditation_acts_Organisation_State" ON "accreditation_acts" ("Organisation", "State");
