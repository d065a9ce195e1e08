ALTER TABLE "bulk_jobs" ADD COLUMN "ReturnReason" text NULL;
