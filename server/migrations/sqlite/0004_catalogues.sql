-- Why an attempt failed is told to whoever can do something about it, and what an account has at its
-- provider outlives the provider's silence.

ALTER TABLE attempts ADD COLUMN reason TEXT
    CHECK (reason IN ('declined', 'low_balance', 'link_gone', 'not_supported'));

CREATE TABLE catalogues (
    account  TEXT    NOT NULL PRIMARY KEY,
    read_at  INTEGER NOT NULL,
    products TEXT    NOT NULL
) STRICT;
