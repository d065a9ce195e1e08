CREATE TABLE "staff_sessions" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_staff_sessions" PRIMARY KEY,
    "StartedAt" INTEGER NOT NULL
);
