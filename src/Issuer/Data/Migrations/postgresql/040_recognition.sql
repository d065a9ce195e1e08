CREATE TABLE "recognition_cases" (
    "Id" text NOT NULL CONSTRAINT "PK_recognition_cases" PRIMARY KEY,
    "Organisation" text NOT NULL,
    "Reference" text NOT NULL,
    "CreatedAt" bigint NOT NULL,
    "CreatedBy" text NOT NULL,
    "State" text NOT NULL,
    "Question" text NULL,
    "VerdictJson" text NULL,
    "Shown" text NULL,
    "Statement" text NULL,
    "ChangedAt" bigint NULL,
    "Version" bigint NOT NULL
);


CREATE INDEX "IX_recognition_cases_Organisation_CreatedAt" ON "recognition_cases" ("Organisation", "CreatedAt");
