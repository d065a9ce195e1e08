ALTER TABLE "recovery_lists" ADD COLUMN "ReplacedAt" INTEGER NULL;
ALTER TABLE "recovery_lists" ADD COLUMN "ReplacedBy" TEXT NULL;
ALTER TABLE "recoveries" ADD COLUMN "ContactId" TEXT NULL;


CREATE INDEX "IX_recovery_lists_ReplacedBy" ON "recovery_lists" ("ReplacedBy");
