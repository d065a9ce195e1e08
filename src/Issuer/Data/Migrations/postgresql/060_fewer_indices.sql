-- What the key of status_entries and the log make unique need not be made unique again: each index in random order costs a page for each row.
DROP INDEX "IX_credential_copies_Entry";
DROP INDEX "IX_credential_copies_Organisation_List_Index";
CREATE INDEX "IX_credential_copies_HolderKey" ON credential_copies ("HolderKey");
CREATE INDEX "IX_credential_copies_Organisation_IssuedAt" ON credential_copies ("Organisation", "IssuedAt");

DROP INDEX "IX_credentials_Replaces";
DROP INDEX "IX_credentials_AddsTo";
CREATE INDEX "IX_credentials_Replaces" ON credentials ("Replaces") WHERE "Replaces" IS NOT NULL;
CREATE INDEX "IX_credentials_AddsTo" ON credentials ("AddsTo") WHERE "AddsTo" IS NOT NULL;
