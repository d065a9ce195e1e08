ALTER TABLE "bulk_jobs" ADD COLUMN "ReturnReason" TEXT NULL;
