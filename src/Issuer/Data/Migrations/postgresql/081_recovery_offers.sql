ALTER TABLE recovery_anchors ADD COLUMN "OfferId" text;
