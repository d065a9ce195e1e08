INSERT INTO words VALUES ('second');
