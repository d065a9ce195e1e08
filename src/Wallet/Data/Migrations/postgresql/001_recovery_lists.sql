CREATE TABLE recovery_lists (
    "Id" text NOT NULL,
    "TokenHash" bytea NOT NULL,
    "Content" bytea NOT NULL,
    "Version" integer NOT NULL,
    "WrittenAt" bigint NOT NULL,
    CONSTRAINT "PK_recovery_lists" PRIMARY KEY ("Id")
);
