-- An attempt may take over from one that another account did not take, its order may be lost on the
-- way, and a notification may speak of another amount.

-- The present order number: since when it is used, when it last left, and how often it may have been
-- heard. 0 where it surely never was.
ALTER TABLE attempts ADD COLUMN issued_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN sent_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN sendings INTEGER NOT NULL DEFAULT 1 CHECK (sendings >= 0);
UPDATE attempts SET issued_at = created_at, sent_at = created_at;

-- How many attempts of the same choice went before it.
ALTER TABLE attempts ADD COLUMN takeovers INTEGER NOT NULL DEFAULT 0 CHECK (takeovers >= 0);

-- The amount that a verified notification spoke of, where it is not the attempt's.
ALTER TABLE attempts ADD COLUMN claimed_amount INTEGER
    CHECK (claimed_amount BETWEEN 0 AND 999999999999);

-- A column's list of words cannot be changed, so the column is: every other table keeps its rows.
ALTER TABLE attempts ADD COLUMN stage_now TEXT NOT NULL DEFAULT 'placing'
    CHECK (stage_now IN ('placing', 'linking', 'placed', 'orphaned'));
UPDATE attempts SET stage_now = stage;
ALTER TABLE attempts DROP COLUMN stage;
ALTER TABLE attempts RENAME COLUMN stage_now TO stage;

ALTER TABLE timeline ADD COLUMN kind_now TEXT NOT NULL DEFAULT 'page'
    CHECK (kind_now IN ('request', 'answer', 'silence', 'notification', 'return', 'page',
        'merchant', 'route', 'status', 'alarm'));
UPDATE timeline SET kind_now = kind;
ALTER TABLE timeline DROP COLUMN kind;
ALTER TABLE timeline RENAME COLUMN kind_now TO kind;
