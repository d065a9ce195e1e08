-- A key may stay good on the ledger beside the one that follows it, until a date; and the ledger is told of an end before that end.
ALTER TABLE "signing_keys" ADD COLUMN "RetireAt" bigint NULL;


ALTER TABLE "signing_keys" ADD COLUMN "EndWrittenAt" bigint NULL;
