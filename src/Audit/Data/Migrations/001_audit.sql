CREATE TABLE "bundles" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_bundles" PRIMARY KEY,
    "Engagement" TEXT NOT NULL,
    "Jwe" TEXT NULL,
    "TokenHash" BLOB NOT NULL,
    "ReceivedOn" INTEGER NOT NULL,
    "Until" INTEGER NOT NULL,
    "WithdrawnAt" INTEGER NULL,
    "Version" INTEGER NOT NULL
);


CREATE TABLE "contracts" (
    "Commitment" BLOB NOT NULL CONSTRAINT "PK_contracts" PRIMARY KEY,
    "Site" TEXT NOT NULL,
    "Stage" TEXT NOT NULL
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


CREATE TABLE "reads" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_reads" PRIMARY KEY AUTOINCREMENT,
    "At" INTEGER NOT NULL,
    "Organisation" TEXT NOT NULL,
    "UserName" TEXT NOT NULL,
    "What" TEXT NOT NULL,
    "Engagement" TEXT NOT NULL,
    "Bundle" TEXT NULL
);


CREATE TABLE "site_counts" (
    "Site" TEXT NOT NULL,
    "Stage" TEXT NOT NULL,
    "Workers" INTEGER NOT NULL,
    "PublishedAt" INTEGER NOT NULL,
    CONSTRAINT "PK_site_counts" PRIMARY KEY ("Site", "Stage")
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


CREATE TABLE "vouchers" (
    "Hash" BLOB NOT NULL CONSTRAINT "PK_vouchers" PRIMARY KEY,
    "Site" TEXT NOT NULL,
    "Key" BLOB NULL,
    "Stages" INTEGER NOT NULL,
    "Records" INTEGER NOT NULL,
    "Version" INTEGER NOT NULL
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


CREATE INDEX "IX_bundles_Engagement" ON "bundles" ("Engagement");


CREATE INDEX "ledger_anchors_state_size" ON "ledger_anchors" ("state", "size");


CREATE UNIQUE INDEX "ledger_entries_entry" ON "ledger_entries" ("entry");


CREATE INDEX "IX_reads_Bundle" ON "reads" ("Bundle");


CREATE INDEX "IX_reads_Organisation_At" ON "reads" ("Organisation", "At");


CREATE INDEX "EmailIndex" ON "staff" ("NormalizedEmail");


CREATE UNIQUE INDEX "UserNameIndex" ON "staff" ("NormalizedUserName");


CREATE INDEX "IX_staff_claims_UserId" ON "staff_claims" ("UserId");


CREATE INDEX "IX_staff_logins_UserId" ON "staff_logins" ("UserId");


CREATE INDEX "IX_vouchers_Site" ON "vouchers" ("Site");


