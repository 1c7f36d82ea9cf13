//! When something is.

use kasir_shared::{Locale, Moment};

use crate::locale::western_indonesian_time;
use crate::stage::Live;

/// A time: Jakarta's until the browser has taken over, then the customer's own.
pub(crate) fn clock(live: &Live, moment: Moment, locale: Locale) -> String {
    own_time(live, moment, locale).unwrap_or_else(|| western_indonesian_time(moment, locale))
}

#[cfg(feature = "hydrate")]
fn own_time(live: &Live, moment: Moment, locale: Locale) -> Option<String> {
    live.awake.then(|| crate::browser::local_time(moment, locale)).flatten()
}

#[cfg(not(feature = "hydrate"))]
const fn own_time(_: &Live, _: Moment, _: Locale) -> Option<String> {
    None
}
