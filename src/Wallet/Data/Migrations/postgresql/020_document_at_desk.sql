ALTER TABLE recoveries ADD COLUMN "Mandate" text;
ALTER TABLE recoveries ADD COLUMN "Staff" text;
ALTER TABLE recoveries ADD COLUMN "Document" bytea;
