CREATE TABLE recovery_anchors (
    "CredentialId" text NOT NULL,
    "Organisation" text NOT NULL,
    "SecretHash" bytea NOT NULL,
    "Tag" text NOT NULL,
    "SetAt" bigint NOT NULL,
    "StoppedAt" bigint,
    "Version" integer NOT NULL,
    CONSTRAINT "PK_recovery_anchors" PRIMARY KEY ("CredentialId"),
    CONSTRAINT "FK_recovery_anchors_credentials_CredentialId" FOREIGN KEY ("CredentialId") REFERENCES credentials ("Id") ON DELETE RESTRICT
);


CREATE INDEX "IX_recovery_anchors_Organisation_Tag" ON recovery_anchors ("Organisation", "Tag");
