-- Which grant each copy came with. Of what is there already: by the refresh token of its offer, or of the only grant of its record for what was fetched later.
ALTER TABLE "credential_copies" ADD COLUMN "Family" text;


UPDATE "credential_copies" SET "Family" = (SELECT MIN(t."Family") FROM "refresh_tokens" t WHERE t."OfferId" = "credential_copies"."OfferId");


UPDATE "credential_copies" SET "Family" = (SELECT MIN(t."Family") FROM "refresh_tokens" t WHERE t."CredentialId" = "credential_copies"."CredentialId")
WHERE "Family" IS NULL AND NOT EXISTS (SELECT 1 FROM "offers" o WHERE o."Id" = "credential_copies"."OfferId")
AND (SELECT COUNT(DISTINCT t."Family") FROM "refresh_tokens" t WHERE t."CredentialId" = "credential_copies"."CredentialId") = 1;
