ALTER TABLE "bulk_jobs" ADD COLUMN "Warnings" integer NOT NULL DEFAULT 0;
