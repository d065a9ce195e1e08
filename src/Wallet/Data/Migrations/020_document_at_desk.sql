ALTER TABLE "recoveries" ADD COLUMN "Mandate" TEXT NULL;
ALTER TABLE "recoveries" ADD COLUMN "Staff" TEXT NULL;
ALTER TABLE "recoveries" ADD COLUMN "Document" BLOB NULL;
