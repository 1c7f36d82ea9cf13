-- Times are milliseconds since 1970, amounts whole rupiah, flags 0 or 1, JSON is text.

CREATE TABLE sessions (
    id           TEXT    NOT NULL PRIMARY KEY,
    merchant     TEXT    NOT NULL,
    client_token TEXT    NOT NULL,
    -- SHA-256 of client_token, hex: a look-up compares this, never the token.
    token_hash   TEXT    NOT NULL UNIQUE,
    url          TEXT    NOT NULL,
    reference    TEXT    NOT NULL,
    amount       INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 999999999999),
    refunded     INTEGER NOT NULL CHECK (refunded BETWEEN 0 AND amount),
    items        TEXT    NOT NULL,
    customer     TEXT    NOT NULL,
    return_url   TEXT    NOT NULL,
    methods      TEXT    NOT NULL,
    locale       TEXT,
    metadata     TEXT    NOT NULL,
    status       TEXT    NOT NULL CHECK (status IN
        ('open', 'paid', 'expired', 'cancelled', 'refunded', 'partially_refunded')),
    paid_twice   INTEGER NOT NULL CHECK (paid_twice IN (0, 1)),
    version      INTEGER NOT NULL CHECK (version >= 0),
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_by_merchant ON sessions (merchant, id, created_at);
CREATE INDEX sessions_by_reference ON sessions (merchant, reference, id);
CREATE INDEX sessions_by_status ON sessions (merchant, status, id, created_at);

CREATE TABLE links (
    id         TEXT    NOT NULL PRIMARY KEY,
    merchant   TEXT    NOT NULL,
    owner      TEXT    NOT NULL,
    method     TEXT    NOT NULL,
    provider   TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    status     TEXT    NOT NULL CHECK (status IN ('pending', 'active', 'gone')),
    phone      TEXT,
    -- The agreement, encrypted for this row's id.
    sealed     TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX links_by_owner ON links (merchant, owner, id);

CREATE TABLE attempts (
    id                   TEXT    NOT NULL PRIMARY KEY,
    session              TEXT    NOT NULL REFERENCES sessions (id),
    method               TEXT    NOT NULL,
    provider             TEXT    NOT NULL,
    account              TEXT    NOT NULL,
    provider_reference   TEXT    NOT NULL,
    placings             INTEGER NOT NULL CHECK (placings >= 0),
    provider_transaction TEXT,
    hinted_transaction   TEXT,
    return_token         TEXT    NOT NULL UNIQUE,
    amount               INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 999999999999),
    refunded             INTEGER NOT NULL CHECK (refunded BETWEEN 0 AND amount),
    status               TEXT    NOT NULL CHECK (status IN
        ('starting', 'pending', 'paid', 'failed', 'expired', 'cancelled', 'refunded')),
    stage                TEXT    NOT NULL CHECK (stage IN ('placing', 'linking', 'placed')),
    next_action          TEXT,
    deadline             INTEGER,
    uncertain            INTEGER NOT NULL CHECK (uncertain IN (0, 1)),
    late                 INTEGER NOT NULL CHECK (late IN (0, 1)),
    phone                TEXT,
    name                 TEXT,
    ip                   TEXT    NOT NULL,
    link                 TEXT    REFERENCES links (id),
    created_at           INTEGER NOT NULL,
    updated_at           INTEGER NOT NULL,
    paid_at              INTEGER
) STRICT;

CREATE INDEX attempts_by_session ON attempts (session, id);
CREATE INDEX attempts_by_link ON attempts (link);
-- The first promise of the house, held by the database too: at most one attempt of a session is live.
CREATE UNIQUE INDEX one_live_attempt ON attempts (session) WHERE status IN ('starting', 'pending');

-- Every order number that an attempt ever had: a late notification may speak of an old one.
CREATE TABLE order_numbers (
    account   TEXT NOT NULL,
    reference TEXT NOT NULL,
    attempt   TEXT NOT NULL REFERENCES attempts (id),
    PRIMARY KEY (account, reference)
) STRICT;

CREATE INDEX order_numbers_by_attempt ON order_numbers (attempt);

CREATE TABLE timeline (
    attempt       TEXT    NOT NULL REFERENCES attempts (id),
    position      INTEGER NOT NULL CHECK (position > 0),
    at            INTEGER NOT NULL,
    kind          TEXT    NOT NULL CHECK (kind IN ('request', 'answer', 'silence', 'notification',
        'return', 'page', 'merchant', 'status', 'alarm')),
    summary       TEXT    NOT NULL,
    status_before TEXT,
    status_after  TEXT,
    detail        TEXT,
    PRIMARY KEY (attempt, position)
) STRICT;

CREATE TABLE notifications (
    account              TEXT    NOT NULL,
    -- SHA-256 of the body, hex.
    digest               TEXT    NOT NULL,
    provider             TEXT    NOT NULL,
    at                   INTEGER NOT NULL,
    body                 BLOB    NOT NULL,
    attempt              TEXT    REFERENCES attempts (id),
    provider_transaction TEXT,
    PRIMARY KEY (account, digest)
) STRICT;

CREATE INDEX notifications_by_attempt ON notifications (attempt);

CREATE TABLE refunds (
    id         TEXT    NOT NULL PRIMARY KEY,
    attempt    TEXT    NOT NULL REFERENCES attempts (id),
    amount     INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 999999999999),
    reason     TEXT    NOT NULL,
    status     TEXT    NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed')),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX refunds_by_attempt ON refunds (attempt, id);

CREATE TABLE events (
    id         TEXT    NOT NULL PRIMARY KEY,
    merchant   TEXT    NOT NULL,
    session    TEXT    NOT NULL REFERENCES sessions (id),
    kind       TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    version    INTEGER NOT NULL CHECK (version >= 0),
    data       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    delivery   TEXT    NOT NULL CHECK (delivery IN ('pending', 'delivered', 'superseded', 'failed')),
    tries      INTEGER NOT NULL CHECK (tries >= 0)
) STRICT;

CREATE INDEX events_by_merchant ON events (merchant, id);
CREATE INDEX events_by_session ON events (session);
CREATE INDEX events_by_subject ON events (subject, kind, version);

CREATE TABLE jobs (
    kind      TEXT    NOT NULL CHECK (kind IN
        ('attempt', 'session', 'webhook', 'refund', 'second_payment')),
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

CREATE INDEX jobs_by_ready_at ON jobs (ready_at, kind, subject);

CREATE TABLE idempotency_keys (
    merchant     TEXT    NOT NULL,
    idempotency  TEXT    NOT NULL,
    fingerprint  TEXT    NOT NULL,
    leased_until INTEGER NOT NULL,
    -- When it was claimed, then when it was answered.
    at           INTEGER NOT NULL,
    status       INTEGER CHECK (status BETWEEN 100 AND 599),
    body         BLOB,
    PRIMARY KEY (merchant, idempotency),
    CHECK ((status IS NULL) = (body IS NULL))
) STRICT;

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (at);
