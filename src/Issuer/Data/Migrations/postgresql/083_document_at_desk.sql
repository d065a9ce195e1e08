ALTER TABLE recovery_anchors ADD COLUMN "HeldAt" bigint;
ALTER TABLE recovery_anchors ADD COLUMN "HeldFor" text;
ALTER TABLE recovery_anchors ADD COLUMN "HeldBecause" text;
ALTER TABLE recovery_anchors ADD COLUMN "HeldAfter" text;
ALTER TABLE recovery_anchors ADD COLUMN "LetGo" text;
