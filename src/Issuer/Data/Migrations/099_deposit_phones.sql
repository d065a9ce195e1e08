-- A phone asks a depositary itself: by a copy whose entry the ledger held before the closing, or by what was told for a lost phone. Deposits that were taken over before have neither until the same file is taken over once more.
ALTER TABLE "deposits" ADD COLUMN "Phones" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "deposit_records" ADD COLUMN "AskedRequest" TEXT NULL;


CREATE TABLE "deposit_copies" (
    "Deposit" TEXT NOT NULL,
    "Entry" BLOB NOT NULL,
    "List" INTEGER NOT NULL,
    "Index" INTEGER NOT NULL,
    CONSTRAINT "PK_deposit_copies" PRIMARY KEY ("Deposit", "Entry")
);


CREATE TABLE "deposit_anchors" (
    "Deposit" TEXT NOT NULL,
    "Tag" TEXT NOT NULL,
    "Record" TEXT NOT NULL,
    "SecretHash" BLOB NOT NULL,
    "SetAt" INTEGER NOT NULL,
    "Until" INTEGER NULL,
    "StoppedAt" INTEGER NULL,
    CONSTRAINT "PK_deposit_anchors" PRIMARY KEY ("Deposit", "Tag", "Record", "SecretHash")
);


CREATE TABLE "deposit_requests" (
    "Deposit" TEXT NOT NULL,
    "Record" TEXT NOT NULL,
    "Phone" TEXT NOT NULL,
    "Id" TEXT NOT NULL,
    "State" TEXT NOT NULL,
    "Proofs" TEXT NOT NULL,
    "Because" TEXT NULL,
    "Detail" TEXT NULL,
    "AskedAt" INTEGER NOT NULL,
    "Until" INTEGER NOT NULL,
    "CredentialId" TEXT NULL,
    "OfferId" TEXT NULL,
    "Reason" TEXT NULL,
    CONSTRAINT "PK_deposit_requests" PRIMARY KEY ("Deposit", "Record", "Phone"),
    CONSTRAINT "FK_deposit_requests_deposit_records_Deposit_Record" FOREIGN KEY ("Deposit", "Record") REFERENCES "deposit_records" ("Deposit", "Id") ON DELETE CASCADE
);


CREATE INDEX "IX_deposit_requests_CredentialId" ON "deposit_requests" ("CredentialId");


CREATE INDEX "IX_deposit_requests_Until" ON "deposit_requests" ("Until");
