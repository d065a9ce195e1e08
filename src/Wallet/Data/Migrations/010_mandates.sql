CREATE TABLE "desk_staff" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_desk_staff" PRIMARY KEY,
    "Desk" TEXT NOT NULL,
    "UserName" TEXT NULL,
    "NormalizedUserName" TEXT NULL,
    "Email" TEXT NULL,
    "NormalizedEmail" TEXT NULL,
    "EmailConfirmed" INTEGER NOT NULL,
    "PasswordHash" TEXT NULL,
    "SecurityStamp" TEXT NULL,
    "ConcurrencyStamp" TEXT NULL,
    "PhoneNumber" TEXT NULL,
    "PhoneNumberConfirmed" INTEGER NOT NULL,
    "TwoFactorEnabled" INTEGER NOT NULL,
    "LockoutEnd" INTEGER NULL,
    "LockoutEnabled" INTEGER NOT NULL,
    "AccessFailedCount" INTEGER NOT NULL
);


CREATE TABLE "mandate_acts" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_mandate_acts" PRIMARY KEY AUTOINCREMENT,
    "Mandate" TEXT NOT NULL,
    "At" INTEGER NOT NULL,
    "Staff" TEXT NOT NULL,
    "What" TEXT NOT NULL,
    "About" TEXT NOT NULL
);


CREATE TABLE "mandate_vaults" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_mandate_vaults" PRIMARY KEY,
    "Salt" BLOB NOT NULL,
    "Content" BLOB NOT NULL,
    "KeptUntil" INTEGER NOT NULL,
    "Version" INTEGER NOT NULL
);


CREATE TABLE "mandate_wrong_words" (
    "Staff" TEXT NOT NULL CONSTRAINT "PK_mandate_wrong_words" PRIMARY KEY,
    "Since" INTEGER NOT NULL,
    "Count" INTEGER NOT NULL
);


CREATE TABLE "mandates" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_mandates" PRIMARY KEY,
    "Desk" TEXT NOT NULL,
    "Language" TEXT NOT NULL,
    "Scope" INTEGER NOT NULL,
    "Minutes" INTEGER NOT NULL,
    "WithCard" INTEGER NOT NULL,
    "AtEnd" INTEGER NOT NULL,
    "MadeAt" INTEGER NOT NULL,
    "State" INTEGER NOT NULL,
    "Until" INTEGER NULL,
    "WordsHash" BLOB NULL,
    "Vault" TEXT NULL,
    "EndedAt" INTEGER NULL,
    "EndedBy" TEXT NULL,
    "WrongTries" INTEGER NOT NULL,
    "ClosedUntil" INTEGER NULL,
    "Version" INTEGER NOT NULL
);


CREATE TABLE "staff_sessions" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_staff_sessions" PRIMARY KEY,
    "StartedAt" INTEGER NOT NULL
);


CREATE TABLE "desk_staff_claims" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_desk_staff_claims" PRIMARY KEY AUTOINCREMENT,
    "UserId" TEXT NOT NULL,
    "ClaimType" TEXT NULL,
    "ClaimValue" TEXT NULL,
    CONSTRAINT "FK_desk_staff_claims_desk_staff_UserId" FOREIGN KEY ("UserId") REFERENCES "desk_staff" ("Id") ON DELETE CASCADE
);


CREATE TABLE "desk_staff_logins" (
    "LoginProvider" TEXT NOT NULL,
    "ProviderKey" TEXT NOT NULL,
    "ProviderDisplayName" TEXT NULL,
    "UserId" TEXT NOT NULL,
    CONSTRAINT "PK_desk_staff_logins" PRIMARY KEY ("LoginProvider", "ProviderKey"),
    CONSTRAINT "FK_desk_staff_logins_desk_staff_UserId" FOREIGN KEY ("UserId") REFERENCES "desk_staff" ("Id") ON DELETE CASCADE
);


CREATE TABLE "desk_staff_tokens" (
    "UserId" TEXT NOT NULL,
    "LoginProvider" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Value" TEXT NULL,
    CONSTRAINT "PK_desk_staff_tokens" PRIMARY KEY ("UserId", "LoginProvider", "Name"),
    CONSTRAINT "FK_desk_staff_tokens_desk_staff_UserId" FOREIGN KEY ("UserId") REFERENCES "desk_staff" ("Id") ON DELETE CASCADE
);


CREATE INDEX "EmailIndex" ON "desk_staff" ("NormalizedEmail");


CREATE UNIQUE INDEX "UserNameIndex" ON "desk_staff" ("NormalizedUserName");


CREATE INDEX "IX_desk_staff_claims_UserId" ON "desk_staff_claims" ("UserId");


CREATE INDEX "IX_desk_staff_logins_UserId" ON "desk_staff_logins" ("UserId");


CREATE INDEX "IX_mandate_acts_Mandate" ON "mandate_acts" ("Mandate");


CREATE INDEX "IX_mandates_Vault" ON "mandates" ("Vault");


CREATE UNIQUE INDEX "IX_mandates_WordsHash" ON "mandates" ("WordsHash");
