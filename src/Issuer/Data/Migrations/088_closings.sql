-- The end of an organisation, on its way to the ledger.
CREATE TABLE "organisation_closings" (
    "Organisation" TEXT NOT NULL CONSTRAINT "PK_organisation_closings" PRIMARY KEY,
    "State" TEXT NOT NULL,
    "AskedBy" TEXT NOT NULL,
    "AskedAt" INTEGER NOT NULL,
    "Depositary" BLOB NULL,
    "Notice" TEXT NOT NULL,
    "Contact" TEXT NULL,
    "DecidedBy" TEXT NULL,
    "BegunAt" INTEGER NULL,
    "Statement" TEXT NULL,
    "EndAfterSize" INTEGER NULL,
    "ClosedAt" INTEGER NULL,
    "Transaction" TEXT NULL,
    "Waiting" TEXT NULL,
    "Version" INTEGER NOT NULL
);
