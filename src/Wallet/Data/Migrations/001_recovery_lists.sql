CREATE TABLE "recovery_lists" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_recovery_lists" PRIMARY KEY,
    "TokenHash" BLOB NOT NULL,
    "Content" BLOB NOT NULL,
    "Version" INTEGER NOT NULL,
    "WrittenAt" INTEGER NOT NULL
);
