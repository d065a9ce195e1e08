CREATE TABLE "status_lists" (
    "uri" TEXT NOT NULL CONSTRAINT "PK_status_lists" PRIMARY KEY,
    "token" TEXT NOT NULL,
    "etag" TEXT NULL,
    "fetched_at" INTEGER NOT NULL
);


CREATE TABLE "verdicts" (
    "id" INTEGER NOT NULL CONSTRAINT "PK_verdicts" PRIMARY KEY AUTOINCREMENT,
    "at" INTEGER NOT NULL,
    "way" TEXT NOT NULL,
    "template" TEXT NULL,
    "type" TEXT NULL,
    "issuer" TEXT NULL,
    "outcome" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "binding" TEXT NOT NULL
);


CREATE INDEX "verdicts_at" ON "verdicts" ("at");
