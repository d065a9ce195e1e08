ALTER TABLE "recognition_cases" ADD COLUMN "AsOf" bigint NULL;
ALTER TABLE "recognition_cases" ADD COLUMN "Status" text NULL;
UPDATE "recognition_cases" SET "AsOf" = "ChangedAt" WHERE "State" = 'Answered';
