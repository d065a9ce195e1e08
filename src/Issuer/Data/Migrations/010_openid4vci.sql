-- Access tokens live for five minutes: the table is made anew, and wallets in the middle of collecting ask for a new offer.
DROP TABLE "access_tokens";


CREATE TABLE "access_tokens" (
    "Hash" BLOB NOT NULL CONSTRAINT "PK_access_tokens" PRIMARY KEY,
    "Organisation" TEXT NOT NULL,
    "OfferId" TEXT NOT NULL,
    "CredentialId" TEXT NOT NULL,
    "ExpiresAt" INTEGER NOT NULL,
    "Family" TEXT NOT NULL,
    "ClientId" TEXT NULL,
    "KeyThumbprint" TEXT NULL,
    "Configurations" TEXT NULL,
    "ByIdentifier" INTEGER NOT NULL
);


CREATE TABLE "refresh_tokens" (
    "Hash" BLOB NOT NULL CONSTRAINT "PK_refresh_tokens" PRIMARY KEY,
    "Organisation" TEXT NOT NULL,
    "OfferId" TEXT NOT NULL,
    "CredentialId" TEXT NOT NULL,
    "Family" TEXT NOT NULL,
    "ClientId" TEXT NULL,
    "KeyThumbprint" TEXT NULL,
    "Configurations" TEXT NULL,
    "ByIdentifier" INTEGER NOT NULL,
    "ExpiresAt" INTEGER NOT NULL,
    "UsedAt" INTEGER NULL
);


CREATE TABLE "authorization_requests" (
    "Hash" BLOB NOT NULL CONSTRAINT "PK_authorization_requests" PRIMARY KEY,
    "Organisation" TEXT NOT NULL,
    "ClientId" TEXT NOT NULL,
    "RedirectUri" TEXT NOT NULL,
    "InFragment" INTEGER NOT NULL,
    "ClientState" TEXT NULL,
    "CodeChallenge" TEXT NOT NULL,
    "KeyThumbprint" TEXT NULL,
    "OfferId" TEXT NOT NULL,
    "CredentialId" TEXT NOT NULL,
    "Configurations" TEXT NOT NULL,
    "ByIdentifier" INTEGER NOT NULL,
    "State" TEXT NOT NULL,
    "BrowserHash" BLOB NULL,
    "CodeHash" BLOB NULL,
    "Family" TEXT NULL,
    "ExpiresAt" INTEGER NOT NULL,
    "Version" INTEGER NOT NULL
);


CREATE TABLE "deferred_issues" (
    "Hash" BLOB NOT NULL CONSTRAINT "PK_deferred_issues" PRIMARY KEY,
    "Organisation" TEXT NOT NULL,
    "OfferId" TEXT NOT NULL,
    "CredentialId" TEXT NOT NULL,
    "Format" TEXT NOT NULL,
    "KeysJson" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "DeliveredAt" INTEGER NULL,
    "Version" INTEGER NOT NULL
);


CREATE TABLE "wallet_notices" (
    "Hash" BLOB NOT NULL CONSTRAINT "PK_wallet_notices" PRIMARY KEY,
    "Organisation" TEXT NOT NULL,
    "OfferId" TEXT NOT NULL,
    "CredentialId" TEXT NOT NULL,
    "Event" TEXT NULL
);


CREATE INDEX "IX_access_tokens_ExpiresAt" ON "access_tokens" ("ExpiresAt");


CREATE INDEX "IX_access_tokens_Family" ON "access_tokens" ("Family");


CREATE INDEX "IX_refresh_tokens_ExpiresAt" ON "refresh_tokens" ("ExpiresAt");


CREATE INDEX "IX_refresh_tokens_Family" ON "refresh_tokens" ("Family");


CREATE UNIQUE INDEX "IX_authorization_requests_CodeHash" ON "authorization_requests" ("CodeHash");


CREATE INDEX "IX_authorization_requests_ExpiresAt" ON "authorization_requests" ("ExpiresAt");


CREATE INDEX "IX_deferred_issues_OfferId" ON "deferred_issues" ("OfferId");
