ALTER TABLE "deposits" ADD COLUMN "Whole" boolean NOT NULL DEFAULT TRUE;
-- What was taken over before shows nothing of the closed organisation's log: none of it is issued again.
ALTER TABLE "deposit_records" ADD COLUMN "Recorded" boolean NOT NULL DEFAULT FALSE;
