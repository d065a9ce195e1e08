-- The end of an organisation, on its way to the ledger.
CREATE TABLE organisation_closings (
    "Organisation" text NOT NULL,
    "State" text NOT NULL,
    "AskedBy" text NOT NULL,
    "AskedAt" bigint NOT NULL,
    "Depositary" bytea,
    "Notice" text NOT NULL,
    "Contact" text,
    "DecidedBy" text,
    "BegunAt" bigint,
    "Statement" text,
    "EndAfterSize" bigint,
    "ClosedAt" bigint,
    "Transaction" text,
    "Waiting" text,
    "Version" integer NOT NULL,
    CONSTRAINT "PK_organisation_closings" PRIMARY KEY ("Organisation")
);
