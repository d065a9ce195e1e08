-- Whose list it is was found by its signer, who for a closed organisation is another one. The lists are fetched anew.
DROP TABLE status_lists;


CREATE TABLE status_lists (
    uri text NOT NULL,
    token text NOT NULL,
    etag text,
    fetched_at bigint NOT NULL,
    organisation bytea NOT NULL,
    CONSTRAINT "PK_status_lists" PRIMARY KEY (uri)
);
