//! Text that is safe inside a page, and rupiah as people write them.

use std::fmt;

/// Text from outside, for an element's content or a quoted attribute.
pub(super) struct Text<T>(pub(super) T);

impl<T: AsRef<str>> fmt::Display for Text<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in self.0.as_ref().split_inclusive(['&', '<', '>', '"', '\'']) {
            let (plain, special) = match part.char_indices().next_back() {
                Some((at, '&')) => (&part[..at], "&amp;"),
                Some((at, '<')) => (&part[..at], "&lt;"),
                Some((at, '>')) => (&part[..at], "&gt;"),
                Some((at, '"')) => (&part[..at], "&quot;"),
                Some((at, '\'')) => (&part[..at], "&#39;"),
                _ => (part, ""),
            };
            f.write_str(plain)?;
            f.write_str(special)?;
        }
        Ok(())
    }
}

/// `Rp150.000`.
pub(super) fn rupiah(amount: u64) -> String {
    let digits = amount.to_string();
    let mut text = "Rp".to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_text_stays_text() {
        let text = Text(r#"<img src=x onerror="alert('1')"> & more"#).to_string();
        assert_eq!(text, "&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; more");
        assert_eq!(Text("Rp1 · kopi").to_string(), "Rp1 · kopi");
    }

    #[test]
    fn rupiah_have_a_dot_every_three_digits() {
        assert_eq!(rupiah(0), "Rp0");
        assert_eq!(rupiah(999), "Rp999");
        assert_eq!(rupiah(150_000), "Rp150.000");
        assert_eq!(rupiah(12_345_678), "Rp12.345.678");
    }
}
