//! Texts that every reader of our JSON hashes alike: printable ASCII and nothing else.
//!
//! A provider may hash what it re-encodes, and languages write everything beyond ASCII in different
//! ways. Names and reasons are therefore transliterated before they are signed; whoever calls keeps
//! the original.

/// Letters and signs that have a near one in ASCII.
const NEAR: &[(&str, &str)] = &[
    ("ÀÁÂÃÄÅĀĂĄǍȀȂȦẠẢẤẦẨẪẬẮẰẲẴẶ", "A"),
    ("àáâãäåāăąǎȁȃȧạảấầẩẫậắằẳẵặª", "a"),
    ("ÆǼ", "AE"),
    ("æǽ", "ae"),
    ("Ḃ", "B"),
    ("ḃ", "b"),
    ("ÇĆĈĊČ", "C"),
    ("çćĉċč", "c"),
    ("ÐĎĐḊḌ", "D"),
    ("ðďđḋḍ", "d"),
    ("ÈÉÊËĒĔĖĘĚȄȆẸẺẼẾỀỂỄỆ", "E"),
    ("èéêëēĕėęěȅȇẹẻẽếềểễệ", "e"),
    ("Ḟ", "F"),
    ("ḟƒ", "f"),
    ("ĜĞĠĢǦ", "G"),
    ("ĝğġģǧ", "g"),
    ("ĤĦḤ", "H"),
    ("ĥħḥ", "h"),
    ("ÌÍÎÏĨĪĬĮİǏỈỊ", "I"),
    ("ìíîïĩīĭįıǐỉị", "i"),
    ("Ĵ", "J"),
    ("ĵ", "j"),
    ("Ķ", "K"),
    ("ķ", "k"),
    ("ĹĻĽĿŁ", "L"),
    ("ĺļľŀł", "l"),
    ("Ṁ", "M"),
    ("ṁ", "m"),
    ("ÑŃŅŇŊ", "N"),
    ("ñńņňŋŉ", "n"),
    ("ÒÓÔÕÖØŌŎŐƠǑǾỌỎỐỒỔỖỘỚỜỞỠỢ", "O"),
    ("òóôõöøōŏőơǒǿọỏốồổỗộớờởỡợº", "o"),
    ("Œ", "OE"),
    ("œ", "oe"),
    ("Ṗ", "P"),
    ("ṗ", "p"),
    ("ŔŖŘ", "R"),
    ("ŕŗř", "r"),
    ("ŚŜŞŠȘṠṢ", "S"),
    ("śŝşšșſṡṣ", "s"),
    ("ẞ", "SS"),
    ("ß", "ss"),
    ("ŢŤŦȚṪṬ", "T"),
    ("ţťŧțṫṭ", "t"),
    ("Þ", "Th"),
    ("þ", "th"),
    ("ÙÚÛÜŨŪŬŮŰŲƯǓỤỦỨỪỬỮỰ", "U"),
    ("ùúûüũūŭůűųưǔụủứừửữựµ", "u"),
    ("ŴẀẂẄ", "W"),
    ("ŵẁẃẅ", "w"),
    ("ÝŶŸỲỴỶỸ", "Y"),
    ("ýŷÿỳỵỷỹ", "y"),
    ("ŹŻŽẒ", "Z"),
    ("źżžẓ", "z"),
    ("‘’‚‛′‹›ʹʻʼʾʿ´", "'"),
    ("“”„‟″«»", "\""),
    ("‐‑‒–—―−﹘﹣", "-"),
    ("…", "..."),
    ("•·", "-"),
    ("⁄", "/"),
    ("×", "x"),
    ("÷", ":"),
    ("©", "(c)"),
    ("®", "(r)"),
    ("™", "TM"),
    ("€", "EUR"),
    ("№", "No"),
    ("¼", "1/4"),
    ("½", "1/2"),
    ("¾", "3/4"),
    ("°", "o"),
    ("¹", "1"),
    ("²", "2"),
    ("³", "3"),
];

/// The text in printable ASCII on one line: letters and signs by their nearest, white space as one
/// space, and what has no near sign left out, so that it may come out empty.
pub fn ascii(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        push(&mut plain, c);
    }
    plain.truncate(plain.trim_end().len());
    plain
}

/// The same, also without the signs that languages escape differently in JSON or that HTML is made
/// of, in at most `max` characters.
pub fn portable(text: &str, max: usize) -> String {
    let mut portable: String = ascii(text)
        .chars()
        .map(|c| match c {
            '&' => '+',
            '<' => '(',
            '>' => ')',
            '\\' => '/',
            '\'' | '"' | '`' => ' ',
            other => other,
        })
        .collect();
    while portable.contains("  ") {
        portable = portable.replace("  ", " ");
    }
    let mut portable = portable.trim().to_owned();
    portable.truncate(max);
    portable.truncate(portable.trim_end().len());
    portable
}

fn push(plain: &mut String, c: char) {
    if c.is_whitespace() || c.is_control() {
        if !plain.is_empty() && !plain.ends_with(' ') {
            plain.push(' ');
        }
    } else if c.is_ascii() {
        plain.push(c);
    } else if let Some((_, near)) = NEAR.iter().find(|(signs, _)| signs.contains(c)) {
        plain.push_str(near);
    } else if let Some(narrow) = narrow(c) {
        plain.push(narrow);
    }
}

/// The ordinary form of a full-width letter, as phones of some languages type them.
fn narrow(c: char) -> Option<char> {
    let offset = u32::from(c).checked_sub(u32::from('！'))?;
    let ascii = char::from_u32(offset + u32::from('!'))?;
    ascii.is_ascii_graphic().then_some(ascii)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_keep_their_letters_without_the_accents() {
        for (name, plain) in [
            ("Café Éclair", "Cafe Eclair"),
            ("Nguyễn Thị Ánh Tuyết", "Nguyen Thi Anh Tuyet"),
            ("Þór Müller-Straße", "Thor Muller-Strasse"),
            ("Łukasz Żółć", "Lukasz Zolc"),
            ("I Gusti Ngurah Ra\u{301}i", "I Gusti Ngurah Rai"),
            ("Siti Nur\u{200b}haliza", "Siti Nurhaliza"),
            ("Ｂｕｄｉ（ＣＶ）", "Budi(CV)"),
        ] {
            assert_eq!(ascii(name), plain);
        }
    }

    #[test]
    fn typographic_signs_become_those_of_a_typewriter() {
        assert_eq!(ascii("“Kopi” – Ma’ruf’s…"), "\"Kopi\" - Ma'ruf's...");
        assert_eq!(ascii(" a\u{a0}\t\r\n b\0"), "a b");
    }

    #[test]
    fn what_has_no_near_sign_is_left_out() {
        assert_eq!(ascii("王小明"), "");
        assert_eq!(ascii("Kopi ☕ Susu"), "Kopi Susu");
    }

    #[test]
    fn a_portable_text_has_no_sign_that_is_escaped_differently_and_fits() {
        assert_eq!(portable("Toko \"A & B\" <Ma’ruf\\Co>", 50), "Toko A + B (Ma ruf/Co)");
        assert_eq!(portable("Meja makan", 5), "Meja");
        assert_eq!(portable("Straße", 5), "Stras");
        assert_eq!(portable("''", 5), "");
    }

    #[test]
    fn no_sign_has_two_near_ones() {
        let mut all: Vec<char> = NEAR.iter().flat_map(|(signs, _)| signs.chars()).collect();
        let listed = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), listed);
    }

    proptest! {
        #[test]
        fn an_ascii_text_is_printable_on_one_line(text in any::<String>()) {
            let plain = ascii(&text);
            prop_assert!(plain.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            prop_assert_eq!(plain.trim(), &plain);
            prop_assert_eq!(ascii(&plain), plain);
        }

        #[test]
        fn a_portable_text_fits_and_is_escaped_by_nobody(text in any::<String>(), max in 0_usize..50) {
            let plain = portable(&text, max);
            prop_assert!(plain.len() <= max);
            let json = serde_json::to_string(&plain).unwrap();
            prop_assert_eq!(json, format!("\"{plain}\""));
            prop_assert!(!plain.contains(['&', '<', '>', '\'']));
        }
    }
}
