CREATE TABLE "bulk_errors" (
    "Job" TEXT NOT NULL,
    "Number" INTEGER NOT NULL,
    "Row" INTEGER NOT NULL,
    "Column" INTEGER NOT NULL,
    "Field" TEXT NOT NULL,
    "Code" TEXT NOT NULL,
    "Detail" TEXT NOT NULL,
    CONSTRAINT "PK_bulk_errors" PRIMARY KEY ("Job", "Number")
);


CREATE TABLE "bulk_jobs" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_bulk_jobs" PRIMARY KEY,
    "Organisation" TEXT NOT NULL,
    "Type" TEXT NOT NULL,
    "FileName" TEXT NOT NULL,
    "FileHash" BLOB NOT NULL,
    "FileBytes" INTEGER NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "CreatedBy" TEXT NOT NULL,
    "State" TEXT NOT NULL,
    "BytesChecked" INTEGER NOT NULL,
    "Rows" INTEGER NOT NULL,
    "Errors" INTEGER NOT NULL,
    "Issued" INTEGER NOT NULL,
    "PassedOver" INTEGER NOT NULL,
    "StartedBy" TEXT NULL,
    "StartedAt" INTEGER NULL,
    "ApprovedBy" TEXT NULL,
    "FinishedAt" INTEGER NULL,
    "Version" INTEGER NOT NULL
);


CREATE TABLE "bulk_leases" (
    "Organisation" TEXT NOT NULL CONSTRAINT "PK_bulk_leases" PRIMARY KEY,
    "Owner" TEXT NOT NULL,
    "Until" INTEGER NOT NULL
);


CREATE TABLE "bulk_rows" (
    "Job" TEXT NOT NULL,
    "Number" INTEGER NOT NULL,
    "Reference" TEXT NOT NULL,
    "Claims" TEXT NULL,
    "HolderKey" TEXT NULL,
    "CredentialId" TEXT NULL,
    "OfferId" TEXT NULL,
    CONSTRAINT "PK_bulk_rows" PRIMARY KEY ("Job", "Number")
);


CREATE INDEX "IX_bulk_jobs_Organisation_CreatedAt" ON "bulk_jobs" ("Organisation", "CreatedAt");


CREATE INDEX "IX_bulk_rows_CredentialId" ON "bulk_rows" ("CredentialId");


CREATE UNIQUE INDEX "IX_bulk_rows_Job_Reference" ON "bulk_rows" ("Job", "Reference");
