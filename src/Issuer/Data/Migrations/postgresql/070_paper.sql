ALTER TABLE "credentials" ADD COLUMN "PaperList" integer NULL;
ALTER TABLE "credentials" ADD COLUMN "PaperIndex" integer NULL;
