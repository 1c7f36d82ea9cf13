//! No attempt is ever live at two providers at once: a thousand lives of a session, each from a seed,
//! with everything going wrong that can.
//!
//! `KASIR_SEED=<number> cargo test -p kasir-tests --test one_at_a_time` tells one of them again.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod chance;
mod life;
mod place;

use place::Place;

/// How many lives are told, and by how many tellers.
const LIVES: u64 = 1_000;
const TELLERS: u64 = 2;

fn tell(seeds: impl Iterator<Item = u64>) -> life::Seen {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut place = Place::open().await;
        let mut seen = life::Seen::default();
        for seed in seeds {
            seen.add(life::live(&mut place, seed).await);
        }
        seen
    })
}

#[expect(clippy::disallowed_methods, reason = "whoever looks into one life says which")]
fn asked_for() -> Option<u64> {
    std::env::var("KASIR_SEED").ok()?.parse().ok()
}

#[test]
fn no_order_of_a_session_can_be_paid_while_another_can() {
    if let Some(seed) = asked_for() {
        println!("{:#?}", tell(std::iter::once(seed)));
        return;
    }
    let tellers: Vec<_> = (0..TELLERS)
        .map(|teller| std::thread::spawn(move || tell((teller..LIVES).step_by(2))))
        .collect();
    let mut seen = life::Seen::default();
    for teller in tellers {
        seen.add(teller.join().unwrap());
    }
    println!("{seen:#?}");
    // What never happened was not tried.
    assert_eq!(seen.lives, LIVES);
    for (what, times) in seen.all() {
        assert!(times >= 10, "{what} happened {times} times in {LIVES} lives");
    }
}
