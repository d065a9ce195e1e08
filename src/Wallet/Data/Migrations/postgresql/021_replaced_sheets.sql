ALTER TABLE recovery_lists ADD COLUMN "ReplacedAt" bigint;
ALTER TABLE recovery_lists ADD COLUMN "ReplacedBy" text;
ALTER TABLE recoveries ADD COLUMN "ContactId" text;


CREATE INDEX "IX_recovery_lists_ReplacedBy" ON recovery_lists ("ReplacedBy");
