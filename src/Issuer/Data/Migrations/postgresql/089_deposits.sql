-- What closed organisations left to the organisations here. Their status lists and entries stand in the tables of both, under the id of the closed organisation.
CREATE TABLE deposits (
    "Id" text NOT NULL,
    "Depositary" text NOT NULL,
    "Profile" text NOT NULL,
    "Name" text NOT NULL,
    "Statement" text NOT NULL,
    "ClosedAt" bigint NOT NULL,
    "Digest" bytea NOT NULL,
    "TakenAt" bigint NOT NULL,
    "Records" integer NOT NULL,
    "State" text NOT NULL,
    "AskedBy" text,
    "AcceptedAt" bigint,
    "Transaction" text,
    "Waiting" text,
    "Version" integer NOT NULL,
    CONSTRAINT "PK_deposits" PRIMARY KEY ("Id")
);


CREATE INDEX "IX_deposits_Depositary" ON deposits ("Depositary");


CREATE TABLE deposit_records (
    "Deposit" text NOT NULL,
    "Id" text NOT NULL,
    "Type" text NOT NULL,
    "Reference" text NOT NULL,
    "HolderName" text NOT NULL,
    "SearchText" text NOT NULL,
    "ClaimsJson" text NOT NULL,
    "CreatedAt" bigint NOT NULL,
    "CollectedAt" bigint,
    "State" text NOT NULL,
    "StateCode" text,
    "StateReason" text,
    "StateChangedAt" bigint,
    "ReissuedAs" text,
    "AskedBy" text,
    "AskedFor" text,
    "Version" integer NOT NULL,
    CONSTRAINT "PK_deposit_records" PRIMARY KEY ("Deposit", "Id"),
    CONSTRAINT "FK_deposit_records_deposits_Deposit" FOREIGN KEY ("Deposit") REFERENCES deposits ("Id") ON DELETE RESTRICT
);


CREATE TABLE deposit_copies (
    "Deposit" text NOT NULL,
    "List" integer NOT NULL,
    "Index" integer NOT NULL,
    "Record" text NOT NULL,
    "Entry" bytea NOT NULL,
    "Format" text NOT NULL,
    "HolderKey" text NOT NULL,
    "IssuedAt" bigint NOT NULL,
    "ExpiresAt" bigint,
    CONSTRAINT "PK_deposit_copies" PRIMARY KEY ("Deposit", "List", "Index"),
    CONSTRAINT "FK_deposit_copies_deposit_records_Deposit_Record" FOREIGN KEY ("Deposit", "Record") REFERENCES deposit_records ("Deposit", "Id") ON DELETE RESTRICT
);


CREATE INDEX "IX_deposit_copies_Deposit_Record" ON deposit_copies ("Deposit", "Record");


CREATE TABLE deposit_anchors (
    "Deposit" text NOT NULL,
    "Record" text NOT NULL,
    "Tag" text NOT NULL,
    "SecretHash" bytea NOT NULL,
    "SetAt" bigint NOT NULL,
    "Until" bigint,
    "StoppedAt" bigint,
    CONSTRAINT "PK_deposit_anchors" PRIMARY KEY ("Deposit", "Record", "Tag", "SecretHash"),
    CONSTRAINT "FK_deposit_anchors_deposit_records_Deposit_Record" FOREIGN KEY ("Deposit", "Record") REFERENCES deposit_records ("Deposit", "Id") ON DELETE RESTRICT
);


CREATE INDEX "IX_deposit_anchors_Deposit_Tag" ON deposit_anchors ("Deposit", "Tag");
