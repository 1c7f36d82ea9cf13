//! Mistakes in what stands around the body's hash: method, path, token and time.

use jiff::Timestamp;
use jiff::tz::Offset;

use super::{Case, Mistake};

/// Prefixes that lead to the services at known hosts and are no part of the signed path there.
const PREFIXES: &[&str] = &["/snap", "/api", "/nicepay", "/nicepay/api", "/apimerchant"];
/// Hosts that whole addresses were signed with.
const HOSTS: &[&str] = &[
    "https://sandbox-snap.winpay.id",
    "https://snap.winpay.id",
    "https://sandbox-api.bmstaging.id",
    "https://dev.nicepay.co.id",
    "https://www.nicepay.co.id",
];

pub(super) const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "lower_case_method",
        what: "wrote the method in lower case",
        instead: "write it in upper case: POST",
        make: |case| vec![Case { method: case.method.to_lowercase(), ..case.clone() }],
    },
    Mistake {
        name: "other_method",
        what: "signed another method than the one called",
        instead: "sign the method of the call",
        make: |case| {
            ["POST", "GET", "PUT", "DELETE", "PATCH"]
                .map(|method| Case { method: method.to_owned(), ..case.clone() })
                .to_vec()
        },
    },
    Mistake {
        name: "path_prefix_left_in",
        what: "signed the path with a prefix that only leads to the service",
        instead: "Winpay's and NICEPAY's signed paths begin at /v1.0 and /api/v1.0, whatever the address called has before it",
        make: |case| {
            PREFIXES.iter().map(|prefix| case.with_path(format!("{prefix}{}", case.path))).collect()
        },
    },
    Mistake {
        name: "path_prefix_missing",
        what: "signed a shorter path than the one given",
        instead: "a callback's signed path is the whole path of the address called, with every prefix; BRI and Espay sign theirs too",
        make: |case| {
            let starts = case.path.match_indices('/').map(|(at, _)| at).skip(1);
            starts.map(|at| case.with_path(case.path[at..].to_owned())).collect()
        },
    },
    Mistake {
        name: "query_string",
        what: "left the query out of the signed path",
        instead: "the standard signs it as a part of the path (BRI does not); better, use addresses without one",
        make: |case| {
            let path = case.path.split_once('?').map(|(path, _)| path.to_owned());
            path.into_iter().map(|path| case.with_path(path)).collect()
        },
    },
    Mistake {
        name: "full_url",
        what: "signed the whole address",
        instead: "sign the path alone, without scheme and host",
        make: |case| {
            let hosts = HOSTS.iter().copied().chain(case.hints.host.as_deref());
            let mut cases = Vec::new();
            for host in hosts.map(|host| host.trim_end_matches('/')) {
                let bare = host.trim_start_matches("https://").trim_start_matches("http://");
                for start in [host, bare] {
                    cases.push(case.with_path(format!("{start}{}", case.path)));
                    cases.push(case.with_path(format!("{start}/snap{}", case.path)));
                    cases.push(case.with_path(format!("{start}/nicepay{}", case.path)));
                }
            }
            cases
        },
    },
    Mistake {
        name: "slash_at_the_ends",
        what: "signed the path without the slash at its beginning, or with another end",
        instead: "sign the path as it is called, beginning with a slash",
        make: |case| {
            let path = &case.path;
            vec![
                case.with_path(path.trim_start_matches('/').to_owned()),
                case.with_path(path.trim_end_matches('/').to_owned()),
                case.with_path(format!("{path}/")),
            ]
        },
    },
    Mistake {
        name: "other_timestamp",
        what: "signed another time than X-TIMESTAMP says",
        instead: "take the time once, and use that text in the header and in what is signed",
        make: |case| {
            case.hints.timestamps.iter().map(|time| case.with_timestamp(time.clone())).collect()
        },
    },
    Mistake {
        name: "other_rendering_of_the_time",
        what: "signed the same time in another spelling than X-TIMESTAMP has",
        instead: "use one text in the header and in what is signed: 2026-11-20T10:15:30+07:00",
        make: |case| {
            let time: Option<Timestamp> = case.timestamp.parse().ok();
            time.into_iter().flat_map(renderings).map(|time| case.with_timestamp(time)).collect()
        },
    },
    Mistake {
        name: "mislabelled_zone",
        what: "signed the wall clock of one zone with the mark of another: UTC as +07:00, or Jakarta as Z",
        instead: "write Jakarta's wall clock with +07:00, and use one text in the header and in what is signed",
        make: |case| {
            let time: Option<Timestamp> = case.timestamp.parse().ok();
            let off = jiff::SignedDuration::from_hours(7);
            let times =
                time.into_iter().flat_map(|time| [time.checked_add(off), time.checked_sub(off)]);
            times.flatten().flat_map(renderings).map(|time| case.with_timestamp(time)).collect()
        },
    },
    Mistake {
        name: "token_in_text",
        what: "put the access token into the text, which belongs to the symmetric type alone",
        instead: "sign METHOD:path:hash:timestamp",
        make: |case| {
            let token = case.hints.token.as_ref().filter(|_| case.token.is_none());
            token
                .map(|token| Case { token: Some(token.clone()), ..case.clone() })
                .into_iter()
                .collect()
        },
    },
    Mistake {
        name: "token_left_out",
        what: "left the access token out of the text",
        instead: "sign METHOD:path:token:hash:timestamp",
        make: |case| {
            let with = case.token.iter();
            with.map(|_| Case { token: None, ..case.clone() }).collect()
        },
    },
    Mistake {
        name: "bearer_in_text",
        what: "put the token into the text with the word Bearer",
        instead: "sign the token alone",
        make: |case| {
            let token = case.token.as_ref().or(case.hints.token.as_ref());
            let bearer = token.map(|token| format!("Bearer {}", token.expose()));
            bearer.into_iter().map(|token| with_token(case, token)).collect()
        },
    },
    Mistake {
        name: "client_and_time_only",
        what: "signed client|timestamp, which is for requesting a token and for NICEPAY's notifications",
        instead: "sign the message: METHOD:path:hash:timestamp, with the token where the type has one",
        make: |case| {
            let partner = case.hints.partner.iter();
            partner.map(|client| Case { client: Some(client.clone()), ..case.clone() }).collect()
        },
    },
    Mistake {
        name: "client_and_time_joined_otherwise",
        what: "joined client and time in another order, or by another mark",
        instead: "sign client|timestamp, with one upright stroke",
        make: |case| {
            let client = case.client.iter();
            let time = &case.timestamp;
            client
                .flat_map(|client| {
                    let turned = format!("{time}|{client}");
                    let marks = [":", "", " | ", "+", "-"];
                    let joined = marks.map(|mark| format!("{client}{mark}{time}"));
                    joined.into_iter().chain([turned])
                })
                .map(|text| case.with_text(text.into_bytes()))
                .collect()
        },
    },
];

fn with_token(case: &Case, token: String) -> Case {
    let token = crate::secret::Secret::new(token);
    Case { token: Some(token.into()), ..case.clone() }
}

/// The spellings of one time that clients are known to use.
fn renderings(time: Timestamp) -> Vec<String> {
    let jakarta = Offset::constant(7).to_datetime(time);
    let utc = Offset::UTC.to_datetime(time);
    let (jakarta, jakarta_ms) =
        (jakarta.strftime("%Y-%m-%dT%H:%M:%S"), jakarta.strftime("%Y-%m-%dT%H:%M:%S%.3f"));
    let (utc, utc_ms) = (utc.strftime("%Y-%m-%dT%H:%M:%S"), utc.strftime("%Y-%m-%dT%H:%M:%S%.3f"));
    let mut all = Vec::new();
    for (wall, zones) in [
        (jakarta.to_string(), ["+07:00", "+0700", ""]),
        (jakarta_ms.to_string(), ["+07:00", "+0700", ""]),
        (utc.to_string(), ["Z", "+00:00", "-00:00"]),
        (utc_ms.to_string(), ["Z", "+00:00", "-00:00"]),
    ] {
        all.extend(zones.map(|zone| format!("{wall}{zone}")));
    }
    all.push(time.as_second().to_string());
    all.push(time.as_millisecond().to_string());
    all
}
