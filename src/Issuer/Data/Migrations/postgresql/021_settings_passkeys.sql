CREATE TABLE "organisation_settings" (
    "Organisation" text NOT NULL CONSTRAINT "PK_organisation_settings" PRIMARY KEY,
    "RequirePasskeys" boolean NOT NULL,
    "AppealContact" text NULL,
    "AppealHow" text NULL,
    "AppealDays" integer NULL,
    "Version" integer NOT NULL
);

CREATE TABLE "staff_passkeys" (
    "CredentialId" bytea NOT NULL CONSTRAINT "PK_staff_passkeys" PRIMARY KEY,
    "UserId" text NOT NULL,
    "Data" jsonb NOT NULL,
    CONSTRAINT "FK_staff_passkeys_staff_UserId" FOREIGN KEY ("UserId") REFERENCES "staff" ("Id") ON DELETE CASCADE
);
CREATE INDEX "IX_staff_passkeys_UserId" ON "staff_passkeys" ("UserId");
