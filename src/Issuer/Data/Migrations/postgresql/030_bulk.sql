CREATE TABLE "bulk_errors" (
    "Job" text NOT NULL,
    "Number" integer NOT NULL,
    "Row" integer NOT NULL,
    "Column" integer NOT NULL,
    "Field" text NOT NULL,
    "Code" text NOT NULL,
    "Detail" text NOT NULL,
    CONSTRAINT "PK_bulk_errors" PRIMARY KEY ("Job", "Number")
);


CREATE TABLE "bulk_jobs" (
    "Id" text NOT NULL CONSTRAINT "PK_bulk_jobs" PRIMARY KEY,
    "Organisation" text NOT NULL,
    "Type" text NOT NULL,
    "FileName" text NOT NULL,
    "FileHash" bytea NOT NULL,
    "FileBytes" bigint NOT NULL,
    "CreatedAt" bigint NOT NULL,
    "CreatedBy" text NOT NULL,
    "State" text NOT NULL,
    "BytesChecked" bigint NOT NULL,
    "Rows" integer NOT NULL,
    "Errors" integer NOT NULL,
    "Issued" integer NOT NULL,
    "PassedOver" integer NOT NULL,
    "StartedBy" text NULL,
    "StartedAt" bigint NULL,
    "ApprovedBy" text NULL,
    "FinishedAt" bigint NULL,
    "Version" integer NOT NULL
);


CREATE TABLE "bulk_leases" (
    "Organisation" text NOT NULL CONSTRAINT "PK_bulk_leases" PRIMARY KEY,
    "Owner" text NOT NULL,
    "Until" bigint NOT NULL
);


CREATE TABLE "bulk_rows" (
    "Job" text NOT NULL,
    "Number" integer NOT NULL,
    "Reference" text NOT NULL,
    "Claims" text NULL,
    "HolderKey" text NULL,
    "CredentialId" text NULL,
    "OfferId" text NULL,
    CONSTRAINT "PK_bulk_rows" PRIMARY KEY ("Job", "Number")
);


CREATE INDEX "IX_bulk_jobs_Organisation_CreatedAt" ON "bulk_jobs" ("Organisation", "CreatedAt");


CREATE INDEX "IX_bulk_rows_CredentialId" ON "bulk_rows" ("CredentialId");


CREATE UNIQUE INDEX "IX_bulk_rows_Job_Reference" ON "bulk_rows" ("Job", "Reference");
