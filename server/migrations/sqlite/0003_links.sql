-- A link is a thing of its own: it has a number at the provider, an address to come back to, a
-- history, and a place on the desk. An attempt never waits for one any more.

-- The session in which it was begun. For those of before: the one that was paid with it, or the
-- owner's own, or the customer's last one by then.
ALTER TABLE links ADD COLUMN session TEXT REFERENCES sessions (id);
UPDATE links SET session = COALESCE(
    (SELECT attempts.session FROM attempts WHERE attempts.link = links.id ORDER BY attempts.id LIMIT 1),
    (SELECT sessions.id FROM sessions WHERE 'session:' || sessions.id = links.owner),
    (SELECT sessions.id FROM sessions
        WHERE sessions.merchant = links.merchant
            AND 'customer:' || json_extract(sessions.customer, '$.id') = links.owner
        ORDER BY sessions.created_at > links.created_at, ABS(sessions.created_at - links.created_at)
        LIMIT 1));

-- Our number for it at the provider, and what the browser comes back under.
ALTER TABLE links ADD COLUMN reference TEXT NOT NULL DEFAULT '';
ALTER TABLE links ADD COLUMN return_token TEXT NOT NULL DEFAULT '';
UPDATE links SET reference = id, return_token = 'rt_' || lower(hex(randomblob(32)));
CREATE UNIQUE INDEX links_by_number ON links (account, reference);
CREATE UNIQUE INDEX links_by_return_token ON links (return_token);
CREATE INDEX links_by_session ON links (session, id);

-- What the wallet hands back, and whether a return has used it up.
ALTER TABLE links ADD COLUMN state TEXT NOT NULL DEFAULT '';
ALTER TABLE links ADD COLUMN state_used INTEGER NOT NULL DEFAULT 1 CHECK (state_used IN (0, 1));

ALTER TABLE links ADD COLUMN next_action TEXT;
ALTER TABLE links ADD COLUMN trouble TEXT CHECK (trouble IN
    ('cancelled', 'expired', 'blocked', 'unrecognised', 'refused', 'unavailable'));
-- Until when the customer may decide.
ALTER TABLE links ADD COLUMN deadline INTEGER NOT NULL DEFAULT 0;
UPDATE links SET deadline = created_at;
ALTER TABLE links ADD COLUMN ip TEXT NOT NULL DEFAULT '127.0.0.1';

-- Nobody waits for those any more that an attempt had begun.
UPDATE links SET status = 'gone', trouble = 'expired' WHERE status = 'pending';
-- A customer has one link of a wallet: the last.
UPDATE links SET status = 'gone', sealed = NULL WHERE status = 'active' AND EXISTS (
    SELECT 1 FROM links AS newer
    WHERE newer.merchant = links.merchant AND newer.owner = links.owner
        AND newer.method = links.method AND newer.status = 'active' AND newer.id > links.id);
CREATE UNIQUE INDEX one_active_link ON links (merchant, owner, method) WHERE status = 'active';

CREATE TABLE link_timeline (
    link     TEXT    NOT NULL REFERENCES links (id),
    position INTEGER NOT NULL CHECK (position > 0),
    at       INTEGER NOT NULL,
    kind     TEXT    NOT NULL CHECK (kind IN ('request', 'answer', 'silence', 'notification',
        'return', 'page', 'merchant', 'route', 'status', 'alarm')),
    summary  TEXT    NOT NULL,
    detail   TEXT,
    PRIMARY KEY (link, position)
) STRICT;

-- A column's list of words cannot be changed: the attempts' column is made anew, and the jobs' table,
-- to which nothing refers. What waited for a link is placed, and told that there is none.
ALTER TABLE attempts ADD COLUMN stage_now TEXT NOT NULL DEFAULT 'placing'
    CHECK (stage_now IN ('placing', 'placed', 'orphaned'));
UPDATE attempts SET stage_now = stage WHERE stage <> 'linking';
ALTER TABLE attempts DROP COLUMN stage;
ALTER TABLE attempts RENAME COLUMN stage_now TO stage;

CREATE TABLE jobs_now (
    kind      TEXT    NOT NULL CHECK (kind IN
        ('attempt', 'session', 'webhook', 'refund', 'second_payment', 'link')),
    subject   TEXT    NOT NULL,
    -- When it is planned for.
    due_at    INTEGER NOT NULL,
    -- The soonest moment that somebody asked for since the last claim began.
    hinted_at INTEGER,
    -- When it can be claimed: the sooner of the two above, or the end of its lease.
    ready_at  INTEGER NOT NULL,
    leased    INTEGER NOT NULL CHECK (leased IN (0, 1)),
    fence     INTEGER NOT NULL,
    tries     INTEGER NOT NULL CHECK (tries >= 0),
    PRIMARY KEY (kind, subject)
) STRICT;
INSERT INTO jobs_now (kind, subject, due_at, hinted_at, ready_at, leased, fence, tries)
    SELECT kind, subject, due_at, hinted_at, ready_at, leased, fence, tries FROM jobs;
DROP TABLE jobs;
ALTER TABLE jobs_now RENAME TO jobs;
CREATE INDEX jobs_by_ready_at ON jobs (ready_at, kind, subject);
