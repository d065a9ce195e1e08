-- Of a copy only its place in the list was ever read, and that stands in status_entries; of what was told for a lost phone nothing. Both stay in the file that was handed over.
DROP TABLE "deposit_anchors";
DROP TABLE "deposit_copies";
