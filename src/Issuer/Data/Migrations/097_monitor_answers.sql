CREATE TABLE "monitor_answers" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_monitor_answers" PRIMARY KEY AUTOINCREMENT,
    "Finding" INTEGER NOT NULL,
    "Organisation" TEXT NOT NULL,
    "By" TEXT NOT NULL,
    "At" INTEGER NOT NULL,
    "Note" TEXT NOT NULL
);


CREATE INDEX "IX_monitor_answers_Finding_Organisation" ON "monitor_answers" ("Finding", "Organisation");
