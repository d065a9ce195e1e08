-- Access tokens live for five minutes: the table is made anew, and wallets in the middle of collecting ask for a new offer.
DROP TABLE "access_tokens";


CREATE TABLE "access_tokens" (
    "Hash" bytea NOT NULL CONSTRAINT "PK_access_tokens" PRIMARY KEY,
    "Organisation" text NOT NULL,
    "OfferId" text NOT NULL,
    "CredentialId" text NOT NULL,
    "ExpiresAt" bigint NOT NULL,
    "Family" text NOT NULL,
    "ClientId" text NULL,
    "KeyThumbprint" text NULL,
    "Configurations" text NULL,
    "ByIdentifier" boolean NOT NULL
);


CREATE TABLE "refresh_tokens" (
    "Hash" bytea NOT NULL CONSTRAINT "PK_refresh_tokens" PRIMARY KEY,
    "Organisation" text NOT NULL,
    "OfferId" text NOT NULL,
    "CredentialId" text NOT NULL,
    "Family" text NOT NULL,
    "ClientId" text NULL,
    "KeyThumbprint" text NULL,
    "Configurations" text NULL,
    "ByIdentifier" boolean NOT NULL,
    "ExpiresAt" bigint NOT NULL,
    "UsedAt" bigint NULL
);


CREATE TABLE "authorization_requests" (
    "Hash" bytea NOT NULL CONSTRAINT "PK_authorization_requests" PRIMARY KEY,
    "Organisation" text NOT NULL,
    "ClientId" text NOT NULL,
    "RedirectUri" text NOT NULL,
    "InFragment" boolean NOT NULL,
    "ClientState" text NULL,
    "CodeChallenge" text NOT NULL,
    "KeyThumbprint" text NULL,
    "OfferId" text NOT NULL,
    "CredentialId" text NOT NULL,
    "Configurations" text NOT NULL,
    "ByIdentifier" boolean NOT NULL,
    "State" text NOT NULL,
    "BrowserHash" bytea NULL,
    "CodeHash" bytea NULL,
    "Family" text NULL,
    "ExpiresAt" bigint NOT NULL,
    "Version" integer NOT NULL
);


CREATE TABLE "deferred_issues" (
    "Hash" bytea NOT NULL CONSTRAINT "PK_deferred_issues" PRIMARY KEY,
    "Organisation" text NOT NULL,
    "OfferId" text NOT NULL,
    "CredentialId" text NOT NULL,
    "Format" text NOT NULL,
    "KeysJson" text NOT NULL,
    "CreatedAt" bigint NOT NULL,
    "DeliveredAt" bigint NULL,
    "Version" integer NOT NULL
);


CREATE TABLE "wallet_notices" (
    "Hash" bytea NOT NULL CONSTRAINT "PK_wallet_notices" PRIMARY KEY,
    "Organisation" text NOT NULL,
    "OfferId" text NOT NULL,
    "CredentialId" text NOT NULL,
    "Event" text NULL
);


CREATE INDEX "IX_access_tokens_ExpiresAt" ON "access_tokens" ("ExpiresAt");


CREATE INDEX "IX_access_tokens_Family" ON "access_tokens" ("Family");


CREATE INDEX "IX_refresh_tokens_ExpiresAt" ON "refresh_tokens" ("ExpiresAt");


CREATE INDEX "IX_refresh_tokens_Family" ON "refresh_tokens" ("Family");


CREATE UNIQUE INDEX "IX_authorization_requests_CodeHash" ON "authorization_requests" ("CodeHash");


CREATE INDEX "IX_authorization_requests_ExpiresAt" ON "authorization_requests" ("ExpiresAt");


CREATE INDEX "IX_deferred_issues_OfferId" ON "deferred_issues" ("OfferId");
