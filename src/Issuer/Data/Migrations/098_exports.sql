-- Exit bundles of all that an organisation issued, as somebody asked for them.
CREATE TABLE "organisation_exports" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_organisation_exports" PRIMARY KEY AUTOINCREMENT,
    "Organisation" TEXT NOT NULL,
    "AskedBy" TEXT NOT NULL,
    "AskedAt" INTEGER NOT NULL,
    "State" TEXT NOT NULL,
    "Owner" TEXT NULL,
    "Until" INTEGER NULL,
    "Tries" INTEGER NOT NULL,
    "FinishedAt" INTEGER NULL,
    "Problem" TEXT NULL,
    "Content" TEXT NULL
);


CREATE INDEX "IX_organisation_exports_Organisation" ON "organisation_exports" ("Organisation");
