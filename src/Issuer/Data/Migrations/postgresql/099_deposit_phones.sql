-- A phone asks a depositary itself: by a copy whose entry the ledger held before the closing, or by what was told for a lost phone. Deposits that were taken over before have neither until the same file is taken over once more.
ALTER TABLE "deposits" ADD COLUMN "Phones" boolean NOT NULL DEFAULT FALSE;
ALTER TABLE "deposit_records" ADD COLUMN "AskedRequest" text;


CREATE TABLE deposit_copies (
    "Deposit" text NOT NULL,
    "Entry" bytea NOT NULL,
    "List" integer NOT NULL,
    "Index" integer NOT NULL,
    CONSTRAINT "PK_deposit_copies" PRIMARY KEY ("Deposit", "Entry")
);


CREATE TABLE deposit_anchors (
    "Deposit" text NOT NULL,
    "Tag" text NOT NULL,
    "Record" text NOT NULL,
    "SecretHash" bytea NOT NULL,
    "SetAt" bigint NOT NULL,
    "Until" bigint,
    "StoppedAt" bigint,
    CONSTRAINT "PK_deposit_anchors" PRIMARY KEY ("Deposit", "Tag", "Record", "SecretHash")
);


CREATE TABLE deposit_requests (
    "Deposit" text NOT NULL,
    "Record" text NOT NULL,
    "Phone" text NOT NULL,
    "Id" text NOT NULL,
    "State" text NOT NULL,
    "Proofs" text NOT NULL,
    "Because" text,
    "Detail" text,
    "AskedAt" bigint NOT NULL,
    "Until" bigint NOT NULL,
    "CredentialId" text,
    "OfferId" text,
    "Reason" text,
    CONSTRAINT "PK_deposit_requests" PRIMARY KEY ("Deposit", "Record", "Phone"),
    CONSTRAINT "FK_deposit_requests_deposit_records_Deposit_Record" FOREIGN KEY ("Deposit", "Record") REFERENCES deposit_records ("Deposit", "Id") ON DELETE CASCADE
);


CREATE INDEX "IX_deposit_requests_CredentialId" ON deposit_requests ("CredentialId");


CREATE INDEX "IX_deposit_requests_Until" ON deposit_requests ("Until");
