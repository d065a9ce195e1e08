CREATE TABLE "staff_sessions" (
    "Id" text NOT NULL CONSTRAINT "PK_staff_sessions" PRIMARY KEY,
    "StartedAt" bigint NOT NULL
);
