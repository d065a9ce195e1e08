ALTER TABLE "deposits" ADD COLUMN "Whole" INTEGER NOT NULL DEFAULT 1;
-- What was taken over before shows nothing of the closed organisation's log: none of it is issued again.
ALTER TABLE "deposit_records" ADD COLUMN "Recorded" INTEGER NOT NULL DEFAULT 0;
