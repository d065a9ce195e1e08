CREATE TABLE words (word TEXT NOT NULL); INSERT INTO words VALUES ('first');
