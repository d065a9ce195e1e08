CREATE TABLE "recognition_cases" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_recognition_cases" PRIMARY KEY,
    "Organisation" TEXT NOT NULL,
    "Reference" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "CreatedBy" TEXT NOT NULL,
    "State" TEXT NOT NULL,
    "Question" TEXT NULL,
    "VerdictJson" TEXT NULL,
    "Shown" TEXT NULL,
    "Statement" TEXT NULL,
    "ChangedAt" INTEGER NULL,
    "Version" INTEGER NOT NULL
);


CREATE INDEX "IX_recognition_cases_Organisation_CreatedAt" ON "recognition_cases" ("Organisation", "CreatedAt");
