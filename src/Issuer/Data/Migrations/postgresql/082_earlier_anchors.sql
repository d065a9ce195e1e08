ALTER TABLE recovery_anchors ADD COLUMN "RecoveredAt" bigint;
ALTER TABLE recovery_anchors ADD COLUMN "RecoveredBy" text;


CREATE TABLE recovery_anchors_earlier (
    "CredentialId" text NOT NULL,
    "Tag" text NOT NULL,
    "SecretHash" bytea NOT NULL,
    "SetAt" bigint NOT NULL,
    "Until" bigint NOT NULL,
    CONSTRAINT "PK_recovery_anchors_earlier" PRIMARY KEY ("CredentialId", "Tag", "SecretHash"),
    CONSTRAINT "FK_recovery_anchors_earlier_recovery_anchors_CredentialId" FOREIGN KEY ("CredentialId") REFERENCES recovery_anchors ("CredentialId") ON DELETE CASCADE
);


CREATE INDEX "IX_recovery_anchors_earlier_Tag" ON recovery_anchors_earlier ("Tag");
