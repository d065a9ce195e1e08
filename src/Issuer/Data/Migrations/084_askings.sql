-- Which request of a second person waits: what waited before has the number 0.
ALTER TABLE "credentials" ADD COLUMN "Askings" INTEGER NOT NULL DEFAULT 0;
