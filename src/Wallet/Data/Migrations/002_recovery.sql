ALTER TABLE "recovery_lists" ADD COLUMN "HolderKey" TEXT NOT NULL DEFAULT '';


CREATE TABLE "outbox" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_outbox" PRIMARY KEY AUTOINCREMENT,
    "Kind" TEXT NOT NULL,
    "Content" BLOB NOT NULL,
    "Recovery" TEXT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "NextTryAt" INTEGER NOT NULL,
    "Tries" INTEGER NOT NULL
);


CREATE TABLE "recoveries" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_recoveries" PRIMARY KEY,
    "Number" TEXT NOT NULL,
    "ListId" TEXT NOT NULL,
    "NewKey" TEXT NOT NULL,
    "BySheet" INTEGER NOT NULL,
    "ByContact" INTEGER NOT NULL,
    "Desk" TEXT NULL,
    "State" TEXT NOT NULL,
    "CodeHash" BLOB NULL,
    "Tries" INTEGER NOT NULL,
    "StopHash" BLOB NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "StartedAt" INTEGER NULL,
    "EndsAt" INTEGER NULL,
    "EndedAt" INTEGER NULL,
    "StoppedBy" TEXT NULL,
    "Notices" INTEGER NOT NULL,
    "Version" INTEGER NOT NULL
);


CREATE TABLE "recovery_contacts" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_recovery_contacts" PRIMARY KEY,
    "ListId" TEXT NOT NULL,
    "Kind" TEXT NOT NULL,
    "Address" BLOB NOT NULL,
    "AddressTag" BLOB NOT NULL,
    "Language" TEXT NOT NULL,
    "AddedAt" INTEGER NOT NULL,
    "CodeHash" BLOB NULL,
    "Tries" INTEGER NOT NULL,
    "ConfirmedAt" INTEGER NULL,
    "RemovedAt" INTEGER NULL,
    "Version" INTEGER NOT NULL
);


CREATE INDEX "IX_outbox_NextTryAt" ON "outbox" ("NextTryAt");


CREATE INDEX "IX_recoveries_ListId" ON "recoveries" ("ListId");


CREATE UNIQUE INDEX "IX_recoveries_Number" ON "recoveries" ("Number");


CREATE INDEX "IX_recoveries_StopHash" ON "recoveries" ("StopHash");


CREATE INDEX "IX_recovery_contacts_AddressTag" ON "recovery_contacts" ("AddressTag");


CREATE INDEX "IX_recovery_contacts_ListId" ON "recovery_contacts" ("ListId");
