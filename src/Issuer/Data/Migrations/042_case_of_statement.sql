CREATE INDEX "IX_recognition_cases_Statement" ON "recognition_cases" ("Statement");
