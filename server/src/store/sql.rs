//! The statements, in words that SQLite and PostgreSQL share.
//!
//! Where PostgreSQL locks rows (`FOR UPDATE`), SQLite has one writer and leaves the words out. Whoever
//! changes an attempt locks its session first, so that two transactions cannot wait for each other.
//! Where a parameter's type cannot be seen from its place it is cast.

pub(super) const SESSION_INSERT: &str = "
    INSERT INTO sessions (id, merchant, client_token, token_hash, url, reference, amount, refunded,
        items, customer, return_url, methods, locale, metadata, status, paid_twice, version,
        created_at, updated_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
        $20)";
/// Only over the version it was computed from.
pub(super) const SESSION_UPDATE: &str = "
    UPDATE sessions SET refunded = $3, status = $4, paid_twice = $5, version = $6, updated_at = $7
    WHERE id = $1 AND version = $2";
pub(super) const SESSION: &str = "SELECT * FROM sessions WHERE id = $1";
pub(super) const SESSION_LOCKED: &str = "SELECT * FROM sessions WHERE id = $1 FOR UPDATE";
pub(super) const SESSION_OF_MERCHANT: &str =
    "SELECT * FROM sessions WHERE id = $1 AND merchant = $2";
pub(super) const SESSION_BY_TOKEN: &str = "SELECT * FROM sessions WHERE token_hash = $1";
pub(super) const SESSION_OF_ATTEMPT_LOCKED: &str = "
    SELECT * FROM sessions WHERE id = (SELECT session FROM attempts WHERE id = $1) FOR UPDATE";
/// A merchant's sessions that meet `conditions` on `$2` and up, newest first, at most as many as the
/// parameter after them. Put together by condition, so that each finds its index.
pub(super) fn sessions(conditions: &[&str]) -> String {
    let mut sql = "SELECT * FROM sessions WHERE merchant = $1".to_owned();
    for (number, condition) in (2..).zip(conditions) {
        sql += " AND ";
        sql += condition;
        sql += " $";
        sql += &u32::to_string(&number);
    }
    sql + " ORDER BY id DESC LIMIT $" + &(conditions.len() + 2).to_string()
}

/// The attempts of the sessions that [`sessions`] finds.
pub(super) fn attempts_of_sessions(conditions: &[&str]) -> String {
    let found = sessions(conditions).replace("SELECT *", "SELECT id");
    format!("SELECT * FROM attempts WHERE session IN ({found}) ORDER BY id")
}

pub(super) const ATTEMPT_INSERT: &str = "
    INSERT INTO attempts (id, session, method, provider, account, provider_reference, placings,
        provider_transaction, hinted_transaction, return_token, amount, refunded, status, stage,
        next_action, deadline, uncertain, late, phone, name, ip, link, created_at, updated_at,
        paid_at, issued_at, sent_at, sendings, takeovers, claimed_amount, reason)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
        $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31)";
pub(super) const ATTEMPT_UPDATE: &str = "
    UPDATE attempts SET provider_reference = $2, placings = $3, provider_transaction = $4,
        refunded = $5, status = $6, stage = $7, next_action = $8, deadline = $9, uncertain = $10,
        late = $11, updated_at = $12, paid_at = $13, issued_at = $14, sent_at = $15, sendings = $16,
        reason = $17
    WHERE id = $1";
pub(super) const ATTEMPT_HINTED: &str = "UPDATE attempts SET hinted_transaction = $2 WHERE id = $1";
pub(super) const ATTEMPT_CLAIMED: &str = "UPDATE attempts SET claimed_amount = $2 WHERE id = $1";
pub(super) const ATTEMPT: &str = "SELECT * FROM attempts WHERE id = $1";
pub(super) const ATTEMPT_BY_RETURN_TOKEN: &str = "SELECT * FROM attempts WHERE return_token = $1";
pub(super) const ATTEMPT_OF_MERCHANT: &str = "
    SELECT attempts.* FROM attempts JOIN sessions ON sessions.id = attempts.session
    WHERE attempts.id = $1 AND sessions.merchant = $2";
pub(super) const ATTEMPTS: &str = "SELECT * FROM attempts WHERE session = $1 ORDER BY id";

/// Touches no row where the number is another attempt's.
pub(super) const ORDER_NUMBER_UPSERT: &str = "
    INSERT INTO order_numbers (account, reference, attempt) VALUES ($1, $2, $3)
    ON CONFLICT (account, reference) DO UPDATE SET attempt = excluded.attempt
    WHERE order_numbers.attempt = excluded.attempt";
pub(super) const ORDER_NUMBER: &str =
    "SELECT attempt FROM order_numbers WHERE account = $1 AND reference = $2";

pub(super) const TIMELINE_LAST: &str =
    "SELECT COALESCE(MAX(position), 0) AS position FROM timeline WHERE attempt = $1";
pub(super) const TIMELINE_INSERT: &str = "
    INSERT INTO timeline (attempt, position, at, kind, summary, status_before, status_after, detail)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
pub(super) const TIMELINE: &str = "SELECT * FROM timeline WHERE attempt = $1 ORDER BY position";
pub(super) const TIMELINE_COUNT: &str =
    "SELECT COUNT(*) AS entries FROM timeline WHERE attempt = $1 AND kind = $2";

pub(super) const NOTIFICATION_INSERT: &str = "
    INSERT INTO notifications (account, digest, provider, at, body, attempt, provider_transaction)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (account, digest) DO NOTHING";
/// When each transaction that an attempt was notified of was first spoken of, oldest first.
pub(super) const NOTIFIED: &str = "
    SELECT provider_transaction, MIN(at) AS since FROM notifications WHERE attempt = $1
    GROUP BY provider_transaction ORDER BY MIN(at), provider_transaction";
pub(super) const NOTIFIED_TRANSACTIONS: &str = "
    SELECT COUNT(*) AS entries FROM notifications
    WHERE attempt = $1 AND provider_transaction IS NOT NULL";

pub(super) const EVENT_INSERT: &str = "
    INSERT INTO events (id, merchant, session, kind, subject, version, data, created_at, delivery,
        tries)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'pending', 0)";
pub(super) const EVENT: &str = "SELECT * FROM events WHERE id = $1";
pub(super) const EVENT_OF_MERCHANT: &str = "
    SELECT * FROM events WHERE id = $1 AND merchant = $2 FOR UPDATE";
pub(super) const EVENTS: &str = "
    SELECT * FROM events WHERE merchant = $1 AND (CAST($2 AS TEXT) IS NULL OR id < $2)
    ORDER BY id DESC LIMIT $3";
pub(super) const EVENTS_NEWER: &str = "
    SELECT COUNT(*) AS entries FROM events WHERE subject = $1 AND kind = $2 AND version > $3";
pub(super) const EVENT_DELIVERY: &str = "UPDATE events SET delivery = $2, tries = $3 WHERE id = $1";

/// Plans a job. A lease, and a hint that nobody has begun to work on, stay as they are.
pub(super) const JOB_PLAN: &str = "
    INSERT INTO jobs (kind, subject, due_at, hinted_at, ready_at, leased, fence, tries)
    VALUES ($1, $2, $3, NULL, $3, 0, 0, 0)
    ON CONFLICT (kind, subject) DO UPDATE SET
        due_at = excluded.due_at,
        ready_at = CASE
            WHEN jobs.leased = 1 THEN jobs.ready_at
            WHEN jobs.hinted_at < excluded.due_at THEN jobs.hinted_at
            ELSE excluded.due_at END";
/// Has a job done by `$3` whatever is planned, before or after.
pub(super) const JOB_HINT: &str = "
    INSERT INTO jobs (kind, subject, due_at, hinted_at, ready_at, leased, fence, tries)
    VALUES ($1, $2, $3, $3, $3, 0, 0, 0)
    ON CONFLICT (kind, subject) DO UPDATE SET
        hinted_at = CASE
            WHEN jobs.hinted_at < excluded.hinted_at THEN jobs.hinted_at
            ELSE excluded.hinted_at END,
        ready_at = CASE
            WHEN jobs.leased = 1 OR jobs.ready_at < excluded.ready_at THEN jobs.ready_at
            ELSE excluded.ready_at END";
/// Takes a job off the desk, unless a hint waits.
pub(super) const JOB_DROP: &str =
    "DELETE FROM jobs WHERE kind = $1 AND subject = $2 AND hinted_at IS NULL";
/// Plans a job for its hint, where one waits.
pub(super) const JOB_KEEP_FOR_HINT: &str = "
    UPDATE jobs SET due_at = hinted_at
    WHERE kind = $1 AND subject = $2 AND hinted_at IS NOT NULL";
pub(super) const JOBS_CLAIM: &str = "
    UPDATE jobs SET leased = 1, ready_at = $2, hinted_at = NULL, fence = $3, tries = tries + 1
    WHERE (kind, subject) IN (
        SELECT kind, subject FROM jobs WHERE ready_at <= $1
        ORDER BY ready_at, kind, subject LIMIT $4 FOR UPDATE SKIP LOCKED)
    AND ready_at <= $1
    RETURNING kind, subject, tries, fence";
pub(super) const JOB_DONE: &str = "
    DELETE FROM jobs
    WHERE kind = $1 AND subject = $2 AND fence = $3 AND leased = 1 AND hinted_at IS NULL";
pub(super) const JOB_DONE_BUT_HINTED: &str = "
    UPDATE jobs SET leased = 0, due_at = hinted_at, ready_at = hinted_at, tries = 0
    WHERE kind = $1 AND subject = $2 AND fence = $3 AND leased = 1 AND hinted_at IS NOT NULL";
pub(super) const JOB_AGAIN: &str = "
    UPDATE jobs SET leased = 0, due_at = $4,
        ready_at = CASE WHEN hinted_at < $4 THEN hinted_at ELSE $4 END
    WHERE kind = $1 AND subject = $2 AND fence = $3 AND leased = 1";
pub(super) const JOB_NOT_NOW: &str = "
    UPDATE jobs SET leased = 0, due_at = $4, tries = CASE WHEN tries > 0 THEN tries - 1 ELSE 0 END,
        ready_at = CASE WHEN hinted_at < $4 THEN hinted_at ELSE $4 END
    WHERE kind = $1 AND subject = $2 AND fence = $3 AND leased = 1";
pub(super) const JOB_AS_PLANNED: &str = "
    UPDATE jobs SET leased = 0,
        ready_at = CASE WHEN hinted_at < due_at THEN hinted_at ELSE due_at END
    WHERE kind = $1 AND subject = $2 AND fence = $3 AND leased = 1";
pub(super) const JOBS_NEXT: &str = "SELECT MIN(ready_at) AS ready_at FROM jobs";

pub(super) const KEY_INSERT: &str = "
    INSERT INTO idempotency_keys (merchant, idempotency, fingerprint, leased_until, at)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (merchant, idempotency) DO NOTHING";
pub(super) const KEY_LOCKED: &str =
    "SELECT * FROM idempotency_keys WHERE merchant = $1 AND idempotency = $2 FOR UPDATE";
pub(super) const KEY_RECLAIM: &str = "
    UPDATE idempotency_keys SET leased_until = $3, at = $4
    WHERE merchant = $1 AND idempotency = $2";
/// The first answer stays.
pub(super) const KEY_ANSWER: &str = "
    UPDATE idempotency_keys SET status = $4, body = $5, at = $6
    WHERE merchant = $1 AND idempotency = $2 AND fingerprint = $3 AND status IS NULL";
pub(super) const KEY_RELEASE: &str = "
    DELETE FROM idempotency_keys
    WHERE merchant = $1 AND idempotency = $2 AND fingerprint = $3 AND status IS NULL";
pub(super) const KEYS_FORGET: &str =
    "DELETE FROM idempotency_keys WHERE at < $1 AND (status IS NOT NULL OR leased_until < $1)";

pub(super) const REFUND_INSERT: &str = "
    INSERT INTO refunds (id, attempt, amount, reason, status, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
pub(super) const REFUND_UPDATE: &str =
    "UPDATE refunds SET status = $2, updated_at = $3 WHERE id = $1 AND status = 'pending'";
pub(super) const REFUND: &str = "SELECT * FROM refunds WHERE id = $1";
pub(super) const REFUNDS: &str = "SELECT * FROM refunds WHERE attempt = $1 ORDER BY id";

pub(super) const LINK_INSERT: &str = "
    INSERT INTO links (id, merchant, owner, session, method, provider, account, reference,
        return_token, state, state_used, status, next_action, trouble, deadline, phone, ip, sealed,
        created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
        $20)";
pub(super) const LINK_UPDATE: &str = "
    UPDATE links SET state_used = $2, status = $3, next_action = $4, trouble = $5, phone = $6,
        sealed = $7, updated_at = $8
    WHERE id = $1";
pub(super) const LINK_BY_RETURN_TOKEN: &str = "SELECT * FROM links WHERE return_token = $1";
pub(super) const LINK_BY_REFERENCE: &str =
    "SELECT * FROM links WHERE account = $1 AND reference = $2";
pub(super) const LINKS_OF_SESSION: &str = "SELECT * FROM links WHERE session = $1 ORDER BY id";
pub(super) const LINK_TIMELINE_LAST: &str =
    "SELECT COALESCE(MAX(position), 0) AS position FROM link_timeline WHERE link = $1";
pub(super) const LINK_TIMELINE_INSERT: &str = "
    INSERT INTO link_timeline (link, position, at, kind, summary, detail)
    VALUES ($1, $2, $3, $4, $5, $6)";
pub(super) const LINK_TIMELINE: &str =
    "SELECT * FROM link_timeline WHERE link = $1 ORDER BY position";
pub(super) const LINK_TIMELINE_COUNT: &str =
    "SELECT COUNT(*) AS entries FROM link_timeline WHERE link = $1 AND kind = $2";
pub(super) const LINK: &str = "SELECT * FROM links WHERE id = $1";
pub(super) const LINKS: &str = "
    SELECT * FROM links
    WHERE merchant = $1 AND owner = $2 AND (CAST($3 AS TEXT) IS NULL OR method = $3)
    ORDER BY id";

pub(super) const CATALOGUE_UPSERT: &str = "
    INSERT INTO catalogues (account, read_at, products) VALUES ($1, $2, $3)
    ON CONFLICT (account) DO UPDATE SET read_at = excluded.read_at, products = excluded.products";
pub(super) const CATALOGUE: &str = "SELECT * FROM catalogues WHERE account = $1";

pub(super) const MIGRATIONS_TABLE: &str = "
    CREATE TABLE IF NOT EXISTS migrations (name TEXT NOT NULL PRIMARY KEY, sha256 TEXT NOT NULL)";
pub(super) const MIGRATIONS: &str = "SELECT name, sha256 FROM migrations ORDER BY name";
pub(super) const MIGRATION_INSERT: &str = "INSERT INTO migrations (name, sha256) VALUES ($1, $2)";
