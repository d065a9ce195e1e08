CREATE TABLE "organisation_settings" (
    "Organisation" TEXT NOT NULL CONSTRAINT "PK_organisation_settings" PRIMARY KEY,
    "RequirePasskeys" INTEGER NOT NULL,
    "AppealContact" TEXT NULL,
    "AppealHow" TEXT NULL,
    "AppealDays" INTEGER NULL,
    "Version" INTEGER NOT NULL
);

CREATE TABLE "staff_passkeys" (
    "CredentialId" BLOB NOT NULL CONSTRAINT "PK_staff_passkeys" PRIMARY KEY,
    "UserId" TEXT NOT NULL,
    "Data" TEXT NOT NULL,
    CONSTRAINT "FK_staff_passkeys_staff_UserId" FOREIGN KEY ("UserId") REFERENCES "staff" ("Id") ON DELETE CASCADE
);
CREATE INDEX "IX_staff_passkeys_UserId" ON "staff_passkeys" ("UserId");
