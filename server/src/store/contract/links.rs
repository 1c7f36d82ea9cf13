//! Linked wallets, and what changes do to them.

use kasir_shared::api::merchant::{EventType, Link};
use kasir_shared::{Event, LinkId, LinkStatus, LinkTrouble, MethodId, NextAction, SessionStatus};

use super::super::{
    Entry, EntryKind, JobKind, LinkBegun, LinkChange, LinkRecord, NextLook, Sealing, SessionRecord,
    StoreError,
};
use super::{ACCOUNT, Bench, Case, MERCHANT, at, case};
use crate::secret::Sealed;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case(a_change_to_no_link_is_refused),
        case(a_link_begins_only_where_a_session_is_open_and_nothing_is_live),
        case(a_link_reads_back_as_it_was_written),
        case(a_session_links_one_wallet_at_a_time_and_not_without_end),
        case(an_attempt_calls_off_what_its_session_was_linking),
        case(a_state_is_used_up_by_one_of_twenty_returns_at_once),
        case(what_became_active_is_told_and_replaces_the_older_one),
        case(an_agreement_of_another_number_is_kept_until_it_is_ended),
        case(what_is_gone_stays_gone_and_its_late_agreement_is_put_on_the_desk),
        case(links_are_found_by_owner_session_number_and_return_address),
        case(only_so_many_returns_are_noted),
        case(the_database_refuses_a_second_active_link),
    ]
}

impl Bench {
    pub(super) fn new_link(&self, session: &SessionRecord) -> LinkRecord {
        let id: LinkId = self.dice.id(at(2));
        LinkRecord {
            merchant: MERCHANT.to_owned(),
            owner: session.link_owner(),
            session: session.id.clone(),
            method: MethodId::Gopay,
            provider: "espay".to_owned(),
            account: ACCOUNT.to_owned(),
            reference: id.as_str().to_owned(),
            return_token: self.dice.token("rt_"),
            state: self.dice.token(""),
            state_used: false,
            status: LinkStatus::Pending,
            next_action: None,
            trouble: None,
            deadline: at(900),
            phone: Some("081234567890".parse().unwrap()),
            ip: [203, 0, 113, 7].into(),
            sealed: None,
            created_at: at(2),
            updated_at: at(2),
            id,
        }
    }

    async fn begun(&self, link: &LinkRecord) -> LinkBegun {
        self.store.begin_link(link, &[], at(10)).await.unwrap()
    }

    /// A link that is on disk.
    async fn link(&self, session: &SessionRecord) -> LinkRecord {
        match self.begun(&self.new_link(session)).await {
            LinkBegun::Started(link) => *link,
            LinkBegun::NotOpen(status) => panic!("the session is {status:?}"),
            LinkBegun::Live(attempt) => panic!("{} is live", attempt.id),
            LinkBegun::TooMany => panic!("it began too many"),
        }
    }

    async fn change(&self, link: &LinkRecord, change: LinkChange) -> LinkRecord {
        self.store.apply_link(&link.id, change).await.unwrap().link
    }

    async fn is_now(&self, link: &LinkRecord) -> LinkRecord {
        self.store.link(&link.id).await.unwrap().unwrap().link
    }

    async fn noted_of(&self, link: &LinkRecord, kind: &str) -> usize {
        let known = self.store.link(&link.id).await.unwrap().unwrap();
        known.timeline.iter().filter(|entry| entry.kind == kind).count()
    }

    /// The subjects of the link jobs that are due by `second`.
    async fn link_jobs(&self, second: i64) -> Vec<String> {
        let jobs = self.store.claim_jobs(at(second), 5, 100).await.unwrap();
        jobs.into_iter().filter(|job| job.kind == JobKind::Link).map(|job| job.subject).collect()
    }

    async fn told_of_links(&self) -> Vec<Link> {
        let events = self.store.events(MERCHANT, None, 100).await.unwrap();
        let links = events.iter().rev().filter(|event| event.kind == EventType::LinkUpdated);
        links.map(|event| serde_json::from_str(&event.data).unwrap()).collect()
    }
}

fn linked(token: &str) -> LinkChange {
    LinkChange {
        status: Some(LinkStatus::Active),
        sealed: Sealing::Set(Sealed(format!("v1.a.{token}"))),
        next_look: NextLook::Never,
        ..LinkChange::at(at(6))
    }
}

async fn a_change_to_no_link_is_refused(bench: Bench) {
    let nobody = bench.new_link(&bench.new_session(at(0)));
    let missing = bench.store.apply_link(&nobody.id, linked("AAAA")).await.unwrap_err();
    assert!(matches!(missing, StoreError::Missing { what: "link" }));
    assert!(bench.store.link(&nobody.id).await.unwrap().is_none());
    let missing = bench.store.begin_link(&nobody, &[], at(10)).await.unwrap_err();
    assert!(matches!(missing, StoreError::Missing { what: "session" }));
}

async fn a_link_begins_only_where_a_session_is_open_and_nothing_is_live(bench: Bench) {
    let (paid, _) = bench.after(&[Event::Settled]).await;
    let late = bench.begun(&bench.new_link(&paid)).await;
    assert!(matches!(late, LinkBegun::NotOpen(SessionStatus::Paid)), "{late:?}");
    let (open, attempt) = bench.after(&[Event::Accepted]).await;
    let busy = bench.begun(&bench.new_link(&open)).await;
    assert!(matches!(busy, LinkBegun::Live(live) if live.id == attempt.id));
    assert!(bench.store.links(MERCHANT, &open.link_owner(), None).await.unwrap().is_empty());
}

async fn a_link_reads_back_as_it_was_written(bench: Bench) {
    let session = bench.session().await;
    let link = bench.new_link(&session);
    let opening = [Entry::new(at(2), EntryKind::Route, "account main was skipped")];
    let begun = bench.store.begin_link(&link, &opening, at(10)).await.unwrap();
    assert!(matches!(begun, LinkBegun::Started(begun) if *begun == link));
    let known = bench.store.link(&link.id).await.unwrap().unwrap();
    assert_eq!(known.link, link);
    assert_eq!(known.session.version, session.version + 1);
    let said: Vec<_> = known.timeline.iter().map(|entry| entry.summary.as_str()).collect();
    assert_eq!(said, ["customer began to link GoPay", "account main was skipped"]);
    assert_eq!(bench.link_jobs(9).await, Vec::<String>::new());
    assert_eq!(bench.link_jobs(10).await, [link.id.as_str()]);

    let leave =
        NextAction::Link { url: Some("https://wallet.example/".parse().unwrap()), submit: None };
    let change = LinkChange { next_action: Some(leave.clone()), ..LinkChange::at(at(4)) };
    let now = bench.change(&link, change).await;
    assert_eq!((now.next_action.as_ref(), now.updated_at), (Some(&leave), at(4)));
    assert_eq!(bench.is_now(&link).await, now);
    let active = bench.change(&link, linked("AAAA")).await;
    assert_eq!((active.status, active.next_action.as_ref()), (LinkStatus::Active, None));
    assert_eq!(bench.is_now(&link).await, active);
}

async fn a_session_links_one_wallet_at_a_time_and_not_without_end(bench: Bench) {
    let session = bench.session().await;
    let first = bench.link(&session).await;
    let second = bench.link(&session).await;
    let first = bench.is_now(&first).await;
    assert_eq!((first.status, first.trouble), (LinkStatus::Gone, Some(LinkTrouble::Cancelled)));
    assert_eq!(bench.is_now(&second).await.status, LinkStatus::Pending);
    for _ in 2..20 {
        bench.link(&session).await;
    }
    let more = bench.begun(&bench.new_link(&session)).await;
    assert!(matches!(more, LinkBegun::TooMany), "{more:?}");
}

async fn an_attempt_calls_off_what_its_session_was_linking(bench: Bench) {
    let session = bench.session().await;
    let link = bench.link(&session).await;
    let attempt = bench.attempt(&session).await;
    let gone = bench.is_now(&link).await;
    assert_eq!((gone.status, gone.trouble), (LinkStatus::Gone, Some(LinkTrouble::Cancelled)));
    assert_eq!(bench.link_jobs(10).await, Vec::<String>::new());
    let known = bench.read(&session).await;
    assert_eq!((known.session.version, known.attempts), (session.version + 3, vec![attempt]));
    let told = bench.told_of_links().await;
    assert_eq!(told.iter().map(|link| link.status).collect::<Vec<_>>(), [LinkStatus::Gone]);
}

async fn a_state_is_used_up_by_one_of_twenty_returns_at_once(bench: Bench) {
    let session = bench.session().await;
    let link = bench.link(&session).await;
    let returns = (0..20).map(|_| {
        let (store, id) = (bench.store.clone(), link.id.clone());
        let change = LinkChange { consume_state: true, ..LinkChange::at(at(5)) };
        tokio::spawn(async move { store.apply_link(&id, change).await.unwrap().consumed })
    });
    let mut consumed = 0;
    for one in returns.collect::<Vec<_>>() {
        consumed += usize::from(one.await.unwrap());
    }
    assert_eq!(consumed, 1);
    assert!(bench.is_now(&link).await.state_used);
}

async fn what_became_active_is_told_and_replaces_the_older_one(bench: Bench) {
    let (one, two) = (bench.session().await, bench.session().await);
    let (older, newer) = (bench.link(&one).await, bench.link(&two).await);
    bench.change(&older, linked("AAAA")).await;
    bench.change(&newer, linked("BBBB")).await;
    let (older, newer) = (bench.is_now(&older).await, bench.is_now(&newer).await);
    assert_eq!((older.status, older.trouble, &older.sealed), (LinkStatus::Gone, None, &None));
    assert_eq!(
        (newer.status, newer.sealed),
        (LinkStatus::Active, Some(Sealed("v1.a.BBBB".to_owned())))
    );
    let told: Vec<_> =
        bench.told_of_links().await.into_iter().map(|link| (link.id, link.status)).collect();
    let expected = [
        (older.id.clone(), LinkStatus::Active),
        (older.id, LinkStatus::Gone),
        (newer.id, LinkStatus::Active),
    ];
    assert_eq!(told.len(), 3);
    assert!(expected.iter().all(|one| told.contains(one)), "{told:?}");
    assert_eq!(bench.link_jobs(60).await, Vec::<String>::new());
}

async fn an_agreement_of_another_number_is_kept_until_it_is_ended(bench: Bench) {
    let (one, two) = (bench.session().await, bench.session().await);
    let older = bench.link(&one).await;
    bench.change(&older, linked("AAAA")).await;
    let other = LinkRecord { phone: Some("081299999999".parse().unwrap()), ..bench.new_link(&two) };
    assert!(matches!(bench.begun(&other).await, LinkBegun::Started(_)));
    bench.change(&other, linked("BBBB")).await;
    let older = bench.is_now(&older).await;
    assert_eq!((older.status, older.sealed.is_some()), (LinkStatus::Gone, true));
    assert_eq!(bench.link_jobs(6).await, [older.id.as_str()]);
    let ended = LinkChange { sealed: Sealing::Wipe, ..LinkChange::at(at(7)) };
    assert_eq!(bench.change(&older, ended).await.sealed, None);
}

async fn what_is_gone_stays_gone_and_its_late_agreement_is_put_on_the_desk(bench: Bench) {
    let session = bench.session().await;
    let link = bench.link(&session).await;
    let mut gone = LinkChange::at(at(5)).gone(Some(LinkTrouble::Expired));
    gone.next_look = NextLook::Never;
    bench.change(&link, gone).await;
    let late = bench.change(&link, linked("AAAA")).await;
    assert_eq!((late.status, late.trouble), (LinkStatus::Gone, Some(LinkTrouble::Expired)));
    assert_eq!(late.sealed, Some(Sealed("v1.a.AAAA".to_owned())));
    assert_eq!(bench.link_jobs(6).await, [link.id.as_str()]);
    assert_eq!(bench.told_of_links().await.len(), 1, "it is told once that it is gone");
}

async fn links_are_found_by_owner_session_number_and_return_address(bench: Bench) {
    let session = bench.session().await;
    let link = bench.link(&session).await;
    let found = async |merchant, owner, method| {
        bench.store.links(merchant, owner, method).await.unwrap().len()
    };
    assert_eq!(found(MERCHANT, &link.owner, None).await, 1);
    assert_eq!(found(MERCHANT, &link.owner, Some(MethodId::Gopay)).await, 1);
    assert_eq!(found(MERCHANT, &link.owner, Some(MethodId::Ovo)).await, 0);
    assert_eq!(found(MERCHANT, "customer:cust-8", None).await, 0);
    assert_eq!(found("warung", &link.owner, None).await, 0);
    assert_eq!(
        bench.store.links_of_session(&session.id).await.unwrap(),
        std::slice::from_ref(&link)
    );
    let other = bench.session().await;
    assert!(bench.store.links_of_session(&other.id).await.unwrap().is_empty());
    let by_number = bench.store.link_by_reference(ACCOUNT, &link.reference).await.unwrap();
    assert_eq!(by_number.as_ref(), Some(&link));
    assert!(bench.store.link_by_reference("other", &link.reference).await.unwrap().is_none());
    let back = bench.store.link_by_return_token(&link.return_token).await.unwrap();
    assert_eq!(back.map(|(session, link)| (session.id, link)), Some((session.id, link)));
    assert!(bench.store.link_by_return_token("rt_x").await.unwrap().is_none());
}

async fn only_so_many_returns_are_noted(bench: Bench) {
    let session = bench.session().await;
    let link = bench.link(&session).await;
    for second in 0..30 {
        let mut change = LinkChange::at(at(second));
        change.entries.push(Entry::new(at(second), EntryKind::Return, "came back"));
        change.entries.push(Entry::new(at(second), EntryKind::Answer, "pending"));
        bench.change(&link, change).await;
    }
    assert_eq!(bench.noted_of(&link, "return").await, 20);
    assert_eq!(bench.noted_of(&link, "answer").await, 30);
}

async fn the_database_refuses_a_second_active_link(bench: Bench) {
    let (one, two) = (bench.session().await, bench.session().await);
    bench.link(&one).await;
    bench.link(&two).await;
    assert!((bench.tamper)("UPDATE links SET status = 'active' WHERE session < 'z' AND rowid = 1"));
    for statement in [
        "UPDATE links SET status = 'active'",
        "UPDATE links SET return_token = 'rt_1'",
        "UPDATE links SET reference = 'one'",
        "UPDATE links SET trouble = 'weather'",
        "UPDATE links SET state_used = 2",
        "UPDATE link_timeline SET kind = 'gossip'",
    ] {
        assert!(!(bench.tamper)(statement), "{statement}");
    }
}
