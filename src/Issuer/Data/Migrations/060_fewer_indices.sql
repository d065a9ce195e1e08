-- What the key of status_entries and the log make unique need not be made unique again: each index in random order costs a page for each row.
DROP INDEX "IX_credential_copies_Entry";
DROP INDEX "IX_credential_copies_Organisation_List_Index";
CREATE INDEX "IX_credential_copies_HolderKey" ON "credential_copies" ("HolderKey");
CREATE INDEX "IX_credential_copies_Organisation_IssuedAt" ON "credential_copies" ("Organisation", "IssuedAt");

DROP INDEX "IX_credentials_Replaces";
DROP INDEX "IX_credentials_AddsTo";
CREATE INDEX "IX_credentials_Replaces" ON "credentials" ("Replaces") WHERE "Replaces" IS NOT NULL;
CREATE INDEX "IX_credentials_AddsTo" ON "credentials" ("AddsTo") WHERE "AddsTo" IS NOT NULL;

-- Without a row id, a row lies in its key's tree and is not written twice.
CREATE TABLE "new_status_entries" (
    "Organisation" TEXT NOT NULL,
    "List" INTEGER NOT NULL,
    "Index" INTEGER NOT NULL,
    "CredentialId" TEXT NOT NULL,
    "Value" INTEGER NOT NULL,
    CONSTRAINT "PK_status_entries" PRIMARY KEY ("Organisation", "List", "Index")
) WITHOUT ROWID;
INSERT INTO "new_status_entries" SELECT "Organisation", "List", "Index", "CredentialId", "Value" FROM "status_entries";
DROP TABLE "status_entries";
ALTER TABLE "new_status_entries" RENAME TO "status_entries";
CREATE INDEX "IX_status_entries_CredentialId" ON "status_entries" ("CredentialId");

CREATE TABLE "new_ledger_pending" (
    "entry" BLOB NOT NULL CONSTRAINT "PK_ledger_pending" PRIMARY KEY,
    "added_at" INTEGER NOT NULL,
    "round" INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO "new_ledger_pending" SELECT "entry", "added_at", "round" FROM "ledger_pending";
DROP TABLE "ledger_pending";
ALTER TABLE "new_ledger_pending" RENAME TO "ledger_pending";
