CREATE TABLE "access_tokens" (
    "Hash" BLOB NOT NULL CONSTRAINT "PK_access_tokens" PRIMARY KEY,
    "Organisation" TEXT NOT NULL,
    "OfferId" TEXT NOT NULL,
    "CredentialId" TEXT NOT NULL,
    "ExpiresAt" INTEGER NOT NULL
);


CREATE TABLE "api_keys" (
    "Hash" BLOB NOT NULL CONSTRAINT "PK_api_keys" PRIMARY KEY,
    "Organisation" TEXT NOT NULL,
    "Label" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "WithdrawnAt" INTEGER NULL
);


CREATE TABLE "credentials" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_credentials" PRIMARY KEY,
    "Organisation" TEXT NOT NULL,
    "Type" TEXT NOT NULL,
    "Reference" TEXT NOT NULL,
    "HolderName" TEXT NOT NULL,
    "SearchText" TEXT NOT NULL,
    "ClaimsJson" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "State" TEXT NOT NULL,
    "StateReason" TEXT NULL,
    "StateChangedAt" INTEGER NULL,
    "CollectedAt" INTEGER NULL,
    "Version" INTEGER NOT NULL
);


CREATE TABLE "key_registrations" (
    "Organisation" TEXT NOT NULL,
    "Thumbprint" TEXT NOT NULL,
    "WantedAt" INTEGER NOT NULL,
    "RegisteredAt" INTEGER NULL,
    "Transaction" TEXT NULL,
    "Waiting" TEXT NULL,
    CONSTRAINT "PK_key_registrations" PRIMARY KEY ("Organisation", "Thumbprint")
);


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


CREATE TABLE "ledger_entries" (
    "position" INTEGER NOT NULL CONSTRAINT "PK_ledger_entries" PRIMARY KEY,
    "entry" BLOB NOT NULL
);


CREATE TABLE "ledger_pending" (
    "entry" BLOB NOT NULL CONSTRAINT "PK_ledger_pending" PRIMARY KEY,
    "added_at" INTEGER NOT NULL,
    "round" INTEGER NOT NULL
);


CREATE TABLE "ledger_state" (
    "id" INTEGER NOT NULL CONSTRAINT "PK_ledger_state" PRIMARY KEY,
    "origin" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "root" BLOB NOT NULL,
    "lease_owner" TEXT NOT NULL,
    "lease_until" INTEGER NOT NULL,
    "fault" TEXT NULL
);


CREATE TABLE "ledger_tiles" (
    "level" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "hashes" BLOB NOT NULL,
    CONSTRAINT "PK_ledger_tiles" PRIMARY KEY ("level", "number")
);


CREATE TABLE "staff" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_staff" PRIMARY KEY,
    "Organisation" TEXT NOT NULL,
    "UserName" TEXT NULL,
    "NormalizedUserName" TEXT NULL,
    "Email" TEXT NULL,
    "NormalizedEmail" TEXT NULL,
    "EmailConfirmed" INTEGER NOT NULL,
    "PasswordHash" TEXT NULL,
    "SecurityStamp" TEXT NULL,
    "ConcurrencyStamp" TEXT NULL,
    "PhoneNumber" TEXT NULL,
    "PhoneNumberConfirmed" INTEGER NOT NULL,
    "TwoFactorEnabled" INTEGER NOT NULL,
    "LockoutEnd" INTEGER NULL,
    "LockoutEnabled" INTEGER NOT NULL,
    "AccessFailedCount" INTEGER NOT NULL
);


CREATE TABLE "status_entries" (
    "Organisation" TEXT NOT NULL,
    "List" INTEGER NOT NULL,
    "Index" INTEGER NOT NULL,
    "CredentialId" TEXT NOT NULL,
    "Value" INTEGER NOT NULL,
    CONSTRAINT "PK_status_entries" PRIMARY KEY ("Organisation", "List", "Index")
);


CREATE TABLE "status_lists" (
    "Organisation" TEXT NOT NULL,
    "Number" INTEGER NOT NULL,
    "Size" INTEGER NOT NULL,
    "Taken" INTEGER NOT NULL,
    "Revision" INTEGER NOT NULL,
    "Token" TEXT NULL,
    "TokenRevision" INTEGER NOT NULL,
    "TokenIssuedAt" INTEGER NULL,
    CONSTRAINT "PK_status_lists" PRIMARY KEY ("Organisation", "Number")
);


CREATE TABLE "used_nonces" (
    "Hash" BLOB NOT NULL CONSTRAINT "PK_used_nonces" PRIMARY KEY,
    "ExpiresAt" INTEGER NOT NULL
);


CREATE TABLE "credential_copies" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_credential_copies" PRIMARY KEY AUTOINCREMENT,
    "CredentialId" TEXT NOT NULL,
    "Organisation" TEXT NOT NULL,
    "OfferId" TEXT NOT NULL,
    "Format" TEXT NOT NULL,
    "HolderKey" TEXT NOT NULL,
    "List" INTEGER NOT NULL,
    "Index" INTEGER NOT NULL,
    "Entry" BLOB NOT NULL,
    "IssuedAt" INTEGER NOT NULL,
    "ExpiresAt" INTEGER NULL,
    "Body" TEXT NULL,
    CONSTRAINT "FK_credential_copies_credentials_CredentialId" FOREIGN KEY ("CredentialId") REFERENCES "credentials" ("Id") ON DELETE RESTRICT
);


CREATE TABLE "credential_events" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_credential_events" PRIMARY KEY AUTOINCREMENT,
    "CredentialId" TEXT NOT NULL,
    "At" INTEGER NOT NULL,
    "Actor" TEXT NOT NULL,
    "Act" TEXT NOT NULL,
    "Reason" TEXT NULL,
    CONSTRAINT "FK_credential_events_credentials_CredentialId" FOREIGN KEY ("CredentialId") REFERENCES "credentials" ("Id") ON DELETE RESTRICT
);


CREATE TABLE "offers" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_offers" PRIMARY KEY,
    "CredentialId" TEXT NOT NULL,
    "Organisation" TEXT NOT NULL,
    "CodeHash" BLOB NOT NULL,
    "NeedsTxCode" INTEGER NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "ExpiresAt" INTEGER NOT NULL,
    "State" TEXT NOT NULL,
    "WrongTries" INTEGER NOT NULL,
    "RedeemedAt" INTEGER NULL,
    "Version" INTEGER NOT NULL,
    CONSTRAINT "FK_offers_credentials_CredentialId" FOREIGN KEY ("CredentialId") REFERENCES "credentials" ("Id") ON DELETE RESTRICT
);


CREATE TABLE "staff_claims" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_staff_claims" PRIMARY KEY AUTOINCREMENT,
    "UserId" TEXT NOT NULL,
    "ClaimType" TEXT NULL,
    "ClaimValue" TEXT NULL,
    CONSTRAINT "FK_staff_claims_staff_UserId" FOREIGN KEY ("UserId") REFERENCES "staff" ("Id") ON DELETE CASCADE
);


CREATE TABLE "staff_logins" (
    "LoginProvider" TEXT NOT NULL,
    "ProviderKey" TEXT NOT NULL,
    "ProviderDisplayName" TEXT NULL,
    "UserId" TEXT NOT NULL,
    CONSTRAINT "PK_staff_logins" PRIMARY KEY ("LoginProvider", "ProviderKey"),
    CONSTRAINT "FK_staff_logins_staff_UserId" FOREIGN KEY ("UserId") REFERENCES "staff" ("Id") ON DELETE CASCADE
);


CREATE TABLE "staff_tokens" (
    "UserId" TEXT NOT NULL,
    "LoginProvider" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Value" TEXT NULL,
    CONSTRAINT "PK_staff_tokens" PRIMARY KEY ("UserId", "LoginProvider", "Name"),
    CONSTRAINT "FK_staff_tokens_staff_UserId" FOREIGN KEY ("UserId") REFERENCES "staff" ("Id") ON DELETE CASCADE
);


CREATE INDEX "IX_access_tokens_ExpiresAt" ON "access_tokens" ("ExpiresAt");


CREATE INDEX "IX_credential_copies_CredentialId" ON "credential_copies" ("CredentialId");


CREATE UNIQUE INDEX "IX_credential_copies_Entry" ON "credential_copies" ("Entry");


CREATE UNIQUE INDEX "IX_credential_copies_OfferId_Format_HolderKey" ON "credential_copies" ("OfferId", "Format", "HolderKey");


CREATE UNIQUE INDEX "IX_credential_copies_Organisation_List_Index" ON "credential_copies" ("Organisation", "List", "Index");


CREATE INDEX "IX_credential_events_CredentialId" ON "credential_events" ("CredentialId");


CREATE INDEX "IX_credentials_Organisation_CreatedAt" ON "credentials" ("Organisation", "CreatedAt");


CREATE INDEX "IX_credentials_Organisation_Reference" ON "credentials" ("Organisation", "Reference");


CREATE INDEX "ledger_anchors_state_size" ON "ledger_anchors" ("state", "size");


CREATE UNIQUE INDEX "ledger_entries_entry" ON "ledger_entries" ("entry");


CREATE UNIQUE INDEX "IX_offers_CodeHash" ON "offers" ("CodeHash");


CREATE INDEX "IX_offers_CredentialId" ON "offers" ("CredentialId");


CREATE INDEX "EmailIndex" ON "staff" ("NormalizedEmail");


CREATE UNIQUE INDEX "UserNameIndex" ON "staff" ("NormalizedUserName");


CREATE INDEX "IX_staff_claims_UserId" ON "staff_claims" ("UserId");


CREATE INDEX "IX_staff_logins_UserId" ON "staff_logins" ("UserId");


CREATE INDEX "IX_status_entries_CredentialId" ON "status_entries" ("CredentialId");


CREATE INDEX "IX_used_nonces_ExpiresAt" ON "used_nonces" ("ExpiresAt");


