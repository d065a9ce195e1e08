ALTER TABLE "recovery_anchors" ADD COLUMN "HeldAt" INTEGER NULL;
ALTER TABLE "recovery_anchors" ADD COLUMN "HeldFor" TEXT NULL;
ALTER TABLE "recovery_anchors" ADD COLUMN "HeldBecause" TEXT NULL;
ALTER TABLE "recovery_anchors" ADD COLUMN "HeldAfter" TEXT NULL;
ALTER TABLE "recovery_anchors" ADD COLUMN "LetGo" TEXT NULL;
