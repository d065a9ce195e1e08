ALTER TABLE "credentials" ADD COLUMN "PreparedBy" TEXT NOT NULL DEFAULT '';
ALTER TABLE "credentials" ADD COLUMN "ApprovedBy" TEXT NULL;
ALTER TABLE "credentials" ADD COLUMN "ApprovedAt" INTEGER NULL;
ALTER TABLE "credentials" ADD COLUMN "StateCode" TEXT NULL;
ALTER TABLE "credentials" ADD COLUMN "Replaces" TEXT NULL;
ALTER TABLE "credentials" ADD COLUMN "ReplacedBy" TEXT NULL;
ALTER TABLE "credentials" ADD COLUMN "AddsTo" TEXT NULL;
ALTER TABLE "credentials" ADD COLUMN "EndAskedBy" TEXT NULL;
ALTER TABLE "credentials" ADD COLUMN "EndAskedCode" TEXT NULL;
ALTER TABLE "credentials" ADD COLUMN "EndAskedReason" TEXT NULL;
UPDATE "credentials" SET "StateCode" = 'other' WHERE "StateReason" IS NOT NULL;

CREATE INDEX "IX_credentials_Replaces" ON "credentials" ("Replaces");
CREATE INDEX "IX_credentials_AddsTo" ON "credentials" ("AddsTo");

-- Who worked here before there were roles did everything but audit.
ALTER TABLE "staff" ADD COLUMN "Number" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "staff" ADD COLUMN "Roles" INTEGER NOT NULL DEFAULT 7;
ALTER TABLE "staff" ADD COLUMN "DisabledAt" INTEGER NULL;
ALTER TABLE "staff" ADD COLUMN "OneTimeUntil" INTEGER NULL;
UPDATE "staff" SET "Number" = (SELECT COUNT(*) FROM "staff" s WHERE s."Organisation" = "staff"."Organisation" AND s."Id" <= "staff"."Id");
CREATE UNIQUE INDEX "IX_staff_Organisation_Number" ON "staff" ("Organisation", "Number");

ALTER TABLE "api_keys" ADD COLUMN "Number" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "api_keys" ADD COLUMN "Roles" INTEGER NOT NULL DEFAULT 1;
UPDATE "api_keys" SET "Number" = (SELECT COUNT(*) FROM "api_keys" k WHERE k."Organisation" = "api_keys"."Organisation" AND k."Hash" <= "api_keys"."Hash");
CREATE UNIQUE INDEX "IX_api_keys_Organisation_Number" ON "api_keys" ("Organisation", "Number");

CREATE TABLE "access_log" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_access_log" PRIMARY KEY AUTOINCREMENT,
    "Organisation" TEXT NOT NULL,
    "At" INTEGER NOT NULL,
    "Actor" TEXT NOT NULL,
    "Role" TEXT NOT NULL,
    "Act" TEXT NOT NULL,
    "CredentialId" TEXT NULL,
    "Why" TEXT NULL,
    "Sequence" INTEGER NULL,
    "Hash" BLOB NULL
);
CREATE INDEX "IX_access_log_CredentialId" ON "access_log" ("CredentialId");
CREATE UNIQUE INDEX "IX_access_log_Organisation_Sequence" ON "access_log" ("Organisation", "Sequence");

CREATE TABLE "access_chains" (
    "Organisation" TEXT NOT NULL CONSTRAINT "PK_access_chains" PRIMARY KEY,
    "Sequence" INTEGER NOT NULL,
    "Hash" BLOB NOT NULL
);

CREATE TABLE "access_heads" (
    "Organisation" TEXT NOT NULL,
    "Sequence" INTEGER NOT NULL,
    "Hash" BLOB NOT NULL,
    "Salt" BLOB NOT NULL,
    "Entry" BLOB NOT NULL,
    "At" INTEGER NOT NULL,
    CONSTRAINT "PK_access_heads" PRIMARY KEY ("Organisation", "Sequence")
);
