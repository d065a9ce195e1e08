-- What the log is compared with, how far, and what was found.
CREATE TABLE "published_tokens" (
    "Entry" BLOB NOT NULL CONSTRAINT "PK_published_tokens" PRIMARY KEY,
    "Organisation" TEXT NOT NULL,
    "List" INTEGER NOT NULL,
    "At" INTEGER NOT NULL
);


CREATE TABLE "monitor_state" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_monitor_state" PRIMARY KEY,
    "Position" INTEGER NOT NULL,
    "Since" INTEGER NOT NULL,
    "LookedAt" INTEGER NULL
);


CREATE TABLE "monitor_findings" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_monitor_findings" PRIMARY KEY AUTOINCREMENT,
    "Kind" TEXT NOT NULL,
    "Subject" TEXT NOT NULL,
    "Organisation" TEXT NULL,
    "Position" INTEGER NULL,
    "FoundAt" INTEGER NOT NULL
);


CREATE UNIQUE INDEX "IX_monitor_findings_Kind_Subject" ON "monitor_findings" ("Kind", "Subject");


-- Status tokens were not remembered one by one: what an earlier version has put into the log by now is not compared.
INSERT INTO "monitor_state" ("Id", "Position", "Since") SELECT 1, COALESCE(MAX(size), 0), COALESCE(MAX(size), 0) FROM ledger_state;
INSERT INTO "published_tokens" ("Entry", "Organisation", "List", "At") SELECT entry, '', 0, added_at FROM ledger_pending;
