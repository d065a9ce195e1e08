CREATE TABLE "recovery_anchors" (
    "CredentialId" TEXT NOT NULL CONSTRAINT "PK_recovery_anchors" PRIMARY KEY,
    "Organisation" TEXT NOT NULL,
    "SecretHash" BLOB NOT NULL,
    "Tag" TEXT NOT NULL,
    "SetAt" INTEGER NOT NULL,
    "StoppedAt" INTEGER NULL,
    "Version" INTEGER NOT NULL,
    CONSTRAINT "FK_recovery_anchors_credentials_CredentialId" FOREIGN KEY ("CredentialId") REFERENCES "credentials" ("Id") ON DELETE RESTRICT
);


CREATE INDEX "IX_recovery_anchors_Organisation_Tag" ON "recovery_anchors" ("Organisation", "Tag");
