-- Whose list it is was found by its signer, who for a closed organisation is another one. The lists are fetched anew.
DROP TABLE "status_lists";


CREATE TABLE "status_lists" (
    "uri" TEXT NOT NULL CONSTRAINT "PK_status_lists" PRIMARY KEY,
    "token" TEXT NOT NULL,
    "etag" TEXT NULL,
    "fetched_at" INTEGER NOT NULL,
    "organisation" BLOB NOT NULL
);
