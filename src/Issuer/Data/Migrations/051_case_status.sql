ALTER TABLE "recognition_cases" ADD COLUMN "AsOf" INTEGER NULL;
ALTER TABLE "recognition_cases" ADD COLUMN "Status" TEXT NULL;
UPDATE "recognition_cases" SET "AsOf" = "ChangedAt" WHERE "State" = 'Answered';
