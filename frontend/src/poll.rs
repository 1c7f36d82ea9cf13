//! When to look again: the server tells us by itself, and where it cannot, we ask.

/// Milliseconds since the browser began to load the page, by a clock that nobody can set.
pub type Ms = u64;

/// Gaps between looks; the last one repeats.
const GAPS: [Ms; 4] = [2_000, 3_000, 5_000, 10_000];

/// Coming back fires up to four events at once; one look answers them all.
const SETTLE: Ms = 1_000;

/// How badly news is needed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Need {
    /// Nothing can change any more.
    Nothing,
    /// Something may change: the stream is enough while it is open.
    News,
    /// A decision waits for it: asked for even while the stream is open, which may be dead.
    Certainty,
}

/// The rhythm of looking.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Poll {
    streaming: bool,
    looks: usize,
    last: Ms,
}

impl Poll {
    /// The stream of events opened or broke.
    pub fn stream(&mut self, open: bool) {
        self.streaming = open;
    }

    /// A look begins.
    pub fn look(&mut self, now: Ms) {
        self.looks = self.looks.saturating_add(1);
        self.last = now;
    }

    /// Something happened, so that the next looks come quickly again.
    pub fn restart(&mut self, now: Ms) {
        self.looks = 0;
        self.last = now;
    }

    /// Whether a customer who comes back now is worth a look at once.
    pub fn is_settled(&self, now: Ms) -> bool {
        self.last == 0 || now >= self.last + SETTLE
    }

    /// When to look next.
    pub fn next(&self, need: Need) -> Option<Ms> {
        let wanted = match need {
            Need::Nothing => false,
            Need::News => !self.streaming,
            Need::Certainty => true,
        };
        wanted.then(|| self.last + GAPS[self.looks.min(GAPS.len() - 1)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_come_further_and_further_apart() {
        let mut poll = Poll::default();
        let mut now = 0;
        let gaps: Vec<Ms> = (0..6)
            .map(|_| {
                let next = poll.next(Need::News).unwrap();
                let gap = next - now;
                now = next;
                poll.look(now);
                gap
            })
            .collect();
        assert_eq!(gaps, [2_000, 3_000, 5_000, 10_000, 10_000, 10_000]);
    }

    #[test]
    fn nobody_asks_while_the_server_tells() {
        let mut poll = Poll::default();
        poll.stream(true);
        assert_eq!(poll.next(Need::News), None);
        poll.stream(false);
        assert!(poll.next(Need::News).is_some());
    }

    #[test]
    fn a_decision_does_not_wait_for_a_stream_that_may_be_dead() {
        let mut poll = Poll::default();
        poll.stream(true);
        assert_eq!(poll.next(Need::Certainty), Some(2_000));
        assert_eq!(poll.next(Need::Nothing), None);
    }

    #[test]
    fn four_events_of_one_return_are_one_look() {
        let mut poll = Poll::default();
        assert!(poll.is_settled(50), "the first return looks at once");
        poll.look(10_000);
        assert!(!poll.is_settled(10_300));
        assert!(poll.is_settled(11_000));
    }
}
