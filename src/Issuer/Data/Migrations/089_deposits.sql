-- What closed organisations left to the organisations here. Their status lists and entries stand in the tables of both, under the id of the closed organisation.
CREATE TABLE "deposits" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_deposits" PRIMARY KEY,
    "Depositary" TEXT NOT NULL,
    "Profile" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Statement" TEXT NOT NULL,
    "ClosedAt" INTEGER NOT NULL,
    "Digest" BLOB NOT NULL,
    "TakenAt" INTEGER NOT NULL,
    "Records" INTEGER NOT NULL,
    "State" TEXT NOT NULL,
    "AskedBy" TEXT NULL,
    "AcceptedAt" INTEGER NULL,
    "Transaction" TEXT NULL,
    "Waiting" TEXT NULL,
    "Version" INTEGER NOT NULL
);


CREATE INDEX "IX_deposits_Depositary" ON "deposits" ("Depositary");


CREATE TABLE "deposit_records" (
    "Deposit" TEXT NOT NULL,
    "Id" TEXT NOT NULL,
    "Type" TEXT NOT NULL,
    "Reference" TEXT NOT NULL,
    "HolderName" TEXT NOT NULL,
    "SearchText" TEXT NOT NULL,
    "ClaimsJson" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "CollectedAt" INTEGER NULL,
    "State" TEXT NOT NULL,
    "StateCode" TEXT NULL,
    "StateReason" TEXT NULL,
    "StateChangedAt" INTEGER NULL,
    "ReissuedAs" TEXT NULL,
    "AskedBy" TEXT NULL,
    "AskedFor" TEXT NULL,
    "Version" INTEGER NOT NULL,
    CONSTRAINT "PK_deposit_records" PRIMARY KEY ("Deposit", "Id"),
    CONSTRAINT "FK_deposit_records_deposits_Deposit" FOREIGN KEY ("Deposit") REFERENCES "deposits" ("Id") ON DELETE RESTRICT
);


CREATE TABLE "deposit_copies" (
    "Deposit" TEXT NOT NULL,
    "List" INTEGER NOT NULL,
    "Index" INTEGER NOT NULL,
    "Record" TEXT NOT NULL,
    "Entry" BLOB NOT NULL,
    "Format" TEXT NOT NULL,
    "HolderKey" TEXT NOT NULL,
    "IssuedAt" INTEGER NOT NULL,
    "ExpiresAt" INTEGER NULL,
    CONSTRAINT "PK_deposit_copies" PRIMARY KEY ("Deposit", "List", "Index"),
    CONSTRAINT "FK_deposit_copies_deposit_records_Deposit_Record" FOREIGN KEY ("Deposit", "Record") REFERENCES "deposit_records" ("Deposit", "Id") ON DELETE RESTRICT
);


CREATE INDEX "IX_deposit_copies_Deposit_Record" ON "deposit_copies" ("Deposit", "Record");


CREATE TABLE "deposit_anchors" (
    "Deposit" TEXT NOT NULL,
    "Record" TEXT NOT NULL,
    "Tag" TEXT NOT NULL,
    "SecretHash" BLOB NOT NULL,
    "SetAt" INTEGER NOT NULL,
    "Until" INTEGER NULL,
    "StoppedAt" INTEGER NULL,
    CONSTRAINT "PK_deposit_anchors" PRIMARY KEY ("Deposit", "Record", "Tag", "SecretHash"),
    CONSTRAINT "FK_deposit_anchors_deposit_records_Deposit_Record" FOREIGN KEY ("Deposit", "Record") REFERENCES "deposit_records" ("Deposit", "Id") ON DELETE RESTRICT
);


CREATE INDEX "IX_deposit_anchors_Deposit_Tag" ON "deposit_anchors" ("Deposit", "Tag");
