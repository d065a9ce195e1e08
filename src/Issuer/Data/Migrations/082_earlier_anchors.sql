ALTER TABLE "recovery_anchors" ADD COLUMN "RecoveredAt" INTEGER NULL;
ALTER TABLE "recovery_anchors" ADD COLUMN "RecoveredBy" TEXT NULL;


CREATE TABLE "recovery_anchors_earlier" (
    "CredentialId" TEXT NOT NULL,
    "Tag" TEXT NOT NULL,
    "SecretHash" BLOB NOT NULL,
    "SetAt" INTEGER NOT NULL,
    "Until" INTEGER NOT NULL,
    CONSTRAINT "PK_recovery_anchors_earlier" PRIMARY KEY ("CredentialId", "Tag", "SecretHash"),
    CONSTRAINT "FK_recovery_anchors_earlier_recovery_anchors_CredentialId" FOREIGN KEY ("CredentialId") REFERENCES "recovery_anchors" ("CredentialId") ON DELETE CASCADE
);


CREATE INDEX "IX_recovery_anchors_earlier_Tag" ON "recovery_anchors_earlier" ("Tag");
