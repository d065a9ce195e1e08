-- Grants and withdrawals of accreditations on their way to the ledger.
CREATE TABLE accreditation_acts (
    "Id" text NOT NULL,
    "Organisation" text NOT NULL,
    "Kind" text NOT NULL,
    "Number" bigint NOT NULL,
    "Holder" bytea,
    "Right" integer NOT NULL,
    "Scope" text,
    "From" bigint NOT NULL,
    "Until" bigint,
    "Reason" text,
    "AskedAt" bigint NOT NULL,
    "AskedBy" text NOT NULL,
    "State" text NOT NULL,
    "Granted" bigint,
    "Transaction" text,
    "Waiting" text,
    "Version" integer NOT NULL,
    CONSTRAINT "PK_accreditation_acts" PRIMARY KEY ("Id")
);


CREATE INDEX "IX_accreditation_acts_Organisation_State" ON accreditation_acts ("Organisation", "State");
