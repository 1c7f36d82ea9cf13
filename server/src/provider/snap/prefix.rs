//! What a proxy takes off the path of a provider's notifications: the provider signs the path that it
//! called, and not the one that reaches us.

/// Whether a prefix stands in a path unchanged, wherever it is read: a proxy must not see `..` or
/// `%2F` differently from us. The error says what is wrong.
pub fn check(prefix: &str) -> Result<(), &'static str> {
    let Some(path) = prefix.strip_prefix('/') else {
        let none = prefix.is_empty();
        return if none { Ok(()) } else { Err("must begin with a slash, or be empty") };
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
    let sound = path
        .split('/')
        .all(|segment| !matches!(segment, "" | "." | "..") && segment.bytes().all(plain));
    if sound {
        Ok(())
    } else {
        Err("must be a path without a slash at its end, a query or escapes")
    }
}
