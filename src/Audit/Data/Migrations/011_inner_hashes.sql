ALTER TABLE "ledger_tiles" ADD COLUMN "inner_hashes" BLOB NULL;
