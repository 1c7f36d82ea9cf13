//! What the page says, in both languages side by side.
//!
//! A sentence says what happened, whether money moved and what to do now. *You were not charged* is
//! said only where it is known.

use kasir_shared::{Locale, Moment};

/// A sentence of the page. Names in braces are filled in: `{amount}`, `{wallet}`, `{shop}` and
/// `{reference}` always, others by whoever says it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "each is documented by its two sentences in `Key::both`")]
pub enum Key {
    Choose,
    Pay,
    PayPlain,
    Phone,
    PhoneWrong,
    Name,
    NameWrong,
    MethodMissing,
    Sending,
    Working,
    LeaveTitle,
    Leaving,
    Continue,
    OpenAppTitle,
    OpenAppHow,
    OpenApp,
    OpenWeb,
    Scan,
    AppMissing,
    AppMissingHow,
    CopyLink,
    CopyReference,
    CopyCode,
    Copied,
    InApp,
    InAppMenu,
    OpenBrowser,
    PushTitle,
    Push,
    PushQuiet,
    PushEnd,
    LinkTitle,
    Link,
    LinkLeaving,
    LinkChecking,
    LinkMethod,
    LinkDo,
    LinkAgain,
    LinkCancelled,
    LinkExpired,
    LinkBlocked,
    LinkUnrecognised,
    LinkRefused,
    LinkUnavailable,
    LinkGoneTitle,
    LinkGone,
    LowBalanceTitle,
    LowBalance,
    Balances,
    BalanceLow,
    BalanceUnknown,
    Points,
    Unlink,
    #[cfg(feature = "ssr")]
    UnlinkTitle,
    #[cfg(feature = "ssr")]
    UnlinkWhat,
    #[cfg(feature = "ssr")]
    UnlinkDo,
    #[cfg(feature = "ssr")]
    UnlinkKeep,
    Shared,
    WaitTitle,
    Wait,
    Checking,
    CheckingHow,
    UnknownTitle,
    Unknown,
    UnknownPush,
    UnknownEnd,
    Paid,
    PaidLateTitle,
    PaidLate,
    PaidTwice,
    DeclinedTitle,
    Declined,
    ExpiredTitle,
    Expired,
    CancelledTitle,
    Cancelled,
    RefundedTitle,
    Refunded,
    PartlyRefunded,
    AnotherWay,
    TryAgain,
    Back,
    PayCode,
    PayCodeLabel,
    PayCodeDeadline,
    PayCodeSteps,
    BadLinkTitle,
    BadLink,
    Offline,
    Broken,
    Items,
    Total,
    Reference,
    Amount,
    Method,
    Time,
    GroupLinked,
    GroupWallets,
    GroupCounters,
    GroupPayLater,
    GroupOther,
    HintWallet,
    HintPush,
    HintLink,
    HintLinked,
    HintCounter,
    HintPayLater,
    HintPage,
    TooSmall,
    TooLarge,
    Down,
    Secure,
    Help,
    SecondsLeft,
}

impl Key {
    /// The sentence in Indonesian and in English.
    #[expect(clippy::too_many_lines, reason = "a table, one row per sentence")]
    const fn both(self) -> (&'static str, &'static str) {
        match self {
            Self::Choose => ("Pilih cara pembayaran", "Choose how to pay"),
            Self::Pay => ("Bayar {amount} dengan {method}", "Pay {amount} with {method}"),
            Self::PayPlain => ("Bayar {amount}", "Pay {amount}"),
            Self::Phone => {
                ("Nomor HP yang terdaftar di {method}", "Phone number registered with {method}")
            }
            Self::PhoneWrong => (
                "Nomor HP harus 10–13 angka, contoh 0812 3456 7890",
                "Enter 10–13 digits, for example 0812 3456 7890",
            ),
            Self::Name => ("Nama sesuai akun {method}", "Name on your {method} account"),
            Self::NameWrong => {
                ("Isi nama Anda seperti di akun", "Enter your name as on the account")
            }
            Self::MethodMissing => {
                ("Pilih dulu salah satu cara pembayaran.", "Choose one of the ways to pay first.")
            }
            Self::Sending => ("Menghubungi {method}…", "Contacting {method}…"),
            Self::Working => ("Membatalkan…", "Cancelling…"),
            Self::LeaveTitle => ("Lanjutkan ke {wallet}", "Continue to {wallet}"),
            Self::Leaving => (
                "Anda akan diarahkan ke {wallet}. Setelah membayar, Anda kembali ke halaman ini.",
                "You are being taken to {wallet}. After paying you will return here.",
            ),
            Self::Continue => ("Lanjutkan ke {wallet}", "Continue to {wallet}"),
            Self::OpenAppTitle => ("Bayar di aplikasi {wallet}", "Pay in the {wallet} app"),
            Self::OpenAppHow => (
                "Setujui {amount} di aplikasi, lalu kembali ke halaman ini. Hasilnya tampil di sini.",
                "Approve {amount} in the app, then return here. The result shows up on this page.",
            ),
            Self::OpenApp => ("Buka aplikasi {wallet}", "Open the {wallet} app"),
            Self::OpenWeb => ("Bayar di situs {wallet}", "Pay on the {wallet} website"),
            Self::Scan => (
                "Pindai kode ini dengan kamera HP untuk membuka {wallet}.",
                "Scan this code with your phone's camera to open {wallet}.",
            ),
            Self::AppMissing => ("Aplikasi {wallet} tidak terbuka?", "{wallet} didn't open?"),
            Self::AppMissingHow => (
                "Pembayaran yang sama juga bisa lewat situs {wallet}, dari HP lain, atau dari tautan ini.",
                "The same payment also works on the {wallet} website, from another phone, or by this link.",
            ),
            Self::CopyLink => ("Salin tautan", "Copy link"),
            Self::CopyReference => ("Salin nomor pesanan", "Copy order number"),
            Self::CopyCode => ("Salin kode", "Copy code"),
            Self::Copied => ("Tersalin", "Copied"),
            Self::InApp => (
                "Untuk membayar, buka halaman ini di {browser}.",
                "To pay, open this page in {browser}.",
            ),
            Self::InAppMenu => (
                "Ketuk menu ••• di sudut layar, lalu pilih buka di {browser}.",
                "Tap the ••• menu in the corner, then choose open in {browser}.",
            ),
            Self::OpenBrowser => ("Buka di {browser}", "Open in {browser}"),
            Self::PushTitle => ("Setujui di HP Anda", "Approve on your phone"),
            Self::Push => (
                "Buka aplikasi {wallet} di HP {phone} dan setujui pembayaran.",
                "Open {wallet} on {phone} and approve the payment.",
            ),
            Self::PushQuiet => (
                "Belum terlihat? Periksa notifikasi aplikasi {wallet}.",
                "Nothing there? Check the {wallet} app's notifications.",
            ),
            Self::PushEnd => (
                "Jika waktunya habis, kami tanyakan dulu ke {wallet} sebelum Anda mencoba lagi.",
                "When the time is up we ask {wallet} first, before you try again.",
            ),
            Self::LinkTitle => ("Hubungkan {wallet}", "Link {wallet}"),
            Self::Link => {
                ("Hubungkan {wallet} untuk bayar sekali sentuh", "Link {wallet} to pay in one tap")
            }
            Self::LinkLeaving => (
                "Setujui di halaman {wallet}, lalu Anda kembali ke halaman ini. Belum ada yang dibayar.",
                "Agree on {wallet}'s page, then you return here. Nothing is paid yet.",
            ),
            Self::LinkChecking => ("Menghubungkan {wallet}…", "Linking {wallet}…"),
            Self::LinkMethod => {
                ("Hubungkan {method} untuk bayar sekali sentuh", "Link {method} to pay in one tap")
            }
            Self::LinkDo => ("Hubungkan {method}", "Link {method}"),
            Self::LinkAgain => ("Hubungkan lagi", "Link again"),
            Self::LinkCancelled => (
                "{method} tidak jadi dihubungkan. Saldo Anda tidak terpotong. Pilih cara bayar atau coba lagi.",
                "{method} was not linked. You were not charged. Choose how to pay or try again.",
            ),
            Self::LinkExpired => (
                "Waktu untuk menghubungkan {method} habis. Saldo Anda tidak terpotong. Silakan hubungkan lagi.",
                "The time to link {method} is up. You were not charged. Please link it again.",
            ),
            Self::LinkBlocked => (
                "Kode salah terlalu sering, jadi {method} menolak dulu. Saldo Anda tidak terpotong. Pakai cara lain atau coba lagi nanti.",
                "Wrong codes too often: {method} takes no more for now. You were not charged. Use another method or try again later.",
            ),
            Self::LinkUnrecognised => (
                "Kami tidak mengenali jawaban dari {method}, jadi belum dihubungkan. Saldo Anda tidak terpotong. Silakan hubungkan lagi.",
                "We did not recognise the answer from {method}, so it is not linked. You were not charged. Please link it again.",
            ),
            Self::LinkRefused => (
                "{method} menolak untuk dihubungkan. Saldo Anda tidak terpotong. Pakai cara lain.",
                "{method} refused to be linked. You were not charged. Use another method.",
            ),
            Self::LinkUnavailable => (
                "{method} sedang tidak dapat dihubungi. Saldo Anda tidak terpotong. Coba lagi sebentar atau pakai cara lain.",
                "{method} cannot be reached right now. You were not charged. Try again shortly or use another method.",
            ),
            Self::LinkGoneTitle => {
                ("{wallet} tidak terhubung lagi", "{wallet} is no longer linked")
            }
            Self::LinkGone => (
                "{wallet} tidak menerima pembayaran ini. Saldo Anda tidak terpotong. Hubungkan lagi untuk membayar, atau pakai cara lain.",
                "{wallet} did not take this payment. You were not charged. Link it again to pay, or use another method.",
            ),
            Self::LowBalanceTitle => ("Saldo tidak cukup", "Balance too low"),
            Self::LowBalance => (
                "Saldo {wallet} tidak cukup. Saldo Anda tidak terpotong. Isi saldo dulu atau pakai cara lain.",
                "Your {wallet} balance is too low. You were not charged. Top up first or use another method.",
            ),
            Self::Balances => ("Lihat saldo", "Show balances"),
            Self::BalanceLow => ("Saldo {balance} tidak cukup", "{balance} is not enough"),
            Self::BalanceUnknown => ("Saldo tidak tersedia", "Balance unavailable"),
            Self::Points => ("{points} poin", "{points} points"),
            Self::Unlink => ("Putuskan", "Unlink"),
            #[cfg(feature = "ssr")]
            Self::UnlinkTitle => ("Putuskan {method}?", "Unlink {method}?"),
            #[cfg(feature = "ssr")]
            Self::UnlinkWhat => (
                "Anda perlu menghubungkan {method} lagi untuk membayar sekali sentuh.",
                "You will have to link {method} again to pay in one tap.",
            ),
            #[cfg(feature = "ssr")]
            Self::UnlinkDo => ("Putuskan {method}", "Unlink {method}"),
            #[cfg(feature = "ssr")]
            Self::UnlinkKeep => ("Tetap terhubung", "Keep it linked"),
            Self::Shared => (
                "{shop} tidak melihat saldo atau PIN Anda.",
                "{shop} never sees your balance or PIN.",
            ),
            Self::WaitTitle => ("Menunggu {wallet}", "Waiting for {wallet}"),
            Self::Wait => (
                "Biasanya hanya beberapa detik. Halaman ini diperbarui otomatis.",
                "This usually takes a few seconds. This page updates itself.",
            ),
            Self::Checking => ("Memeriksa pembayaran Anda…", "Checking your payment…"),
            Self::CheckingHow => (
                "Waktunya habis. Kami tanyakan ke {wallet} apakah pembayaran sudah masuk. Jangan membayar ulang dulu.",
                "The time is up. We are asking {wallet} whether you paid. Please don't pay again yet.",
            ),
            Self::UnknownTitle => ("Menunggu kepastian", "Waiting for an answer"),
            Self::Unknown => (
                "Kami belum mendapat kepastian dari {wallet}. Jangan membayar ulang dulu; halaman ini diperbarui otomatis.",
                "We have no answer from {wallet} yet. Please don't pay again; this page updates itself.",
            ),
            Self::UnknownPush => (
                "Jika {wallet} meminta persetujuan di HP Anda, setujui saja: itu pembayaran yang sama.",
                "If {wallet} asks on your phone, approve it there: it is the same payment.",
            ),
            Self::UnknownEnd => (
                "Jika waktunya habis dan belum terbayar, Anda bisa mencoba lagi.",
                "If it is still unpaid when the time is up, you can try again.",
            ),
            Self::Paid => ("Pembayaran berhasil", "Payment successful"),
            Self::PaidLateTitle => ("Pembayaran diterima", "Payment received"),
            Self::PaidLate => (
                "Pembayaran Anda kami terima setelah batas waktu. {shop} sudah diberi tahu.",
                "Your payment arrived after the deadline. {shop} has been told.",
            ),
            Self::PaidTwice => (
                "Kami menerima dua pembayaran. Yang kedua sedang dikembalikan.",
                "We received two payments. The second is being refunded.",
            ),
            Self::DeclinedTitle => ("Pembayaran ditolak", "Payment declined"),
            Self::Declined => (
                "Pembayaran ditolak {wallet}. Saldo Anda tidak terpotong.",
                "{wallet} declined the payment. You were not charged.",
            ),
            Self::ExpiredTitle => ("Batas waktu terlewati", "Payment expired"),
            Self::Expired => (
                "Waktu pembayaran habis. Saldo Anda tidak terpotong.",
                "Time is up. You were not charged.",
            ),
            Self::CancelledTitle => ("Pembayaran dibatalkan.", "Payment cancelled."),
            Self::Cancelled => ("Saldo Anda tidak terpotong.", "You were not charged."),
            Self::RefundedTitle => ("Uang dikembalikan", "Payment refunded"),
            Self::Refunded => (
                "{amount} dikembalikan ke {wallet} Anda.",
                "{amount} was returned to your {wallet}.",
            ),
            Self::PartlyRefunded => (
                "Sebagian pembayaran dikembalikan ke {wallet} Anda.",
                "Part of the payment was returned to your {wallet}.",
            ),
            Self::AnotherWay => ("Pakai cara lain", "Use another method"),
            Self::TryAgain => ("Coba lagi", "Try again"),
            Self::Back => ("Kembali ke {shop}", "Back to {shop}"),
            Self::PayCode => {
                ("Tunjukkan kode ini ke kasir {store}", "Show this code to the {store} cashier")
            }
            Self::PayCodeLabel => ("Kode bayar", "Payment code"),
            Self::PayCodeDeadline => ("Bayar sebelum {time}", "Pay before {time}"),
            Self::PayCodeSteps => ("Cara membayar", "How to pay"),
            Self::BadLinkTitle => ("Halaman tidak berlaku", "Page no longer valid"),
            Self::BadLink => (
                "Halaman pembayaran ini tidak berlaku lagi. Kembali ke toko untuk membuat yang baru.",
                "This payment page is no longer valid. Go back to the shop for a new one.",
            ),
            Self::Offline => {
                ("Tidak ada koneksi. Kami coba lagi otomatis.", "You are offline. We will retry.")
            }
            Self::Broken => (
                "Ada gangguan di sisi kami. Coba lagi sebentar.",
                "Something is wrong on our side. Please try again shortly.",
            ),
            Self::Items => ("Rincian pesanan", "Order details"),
            Self::Total => ("Total", "Total"),
            Self::Reference => ("Nomor pesanan", "Order number"),
            Self::Amount => ("Jumlah", "Amount"),
            Self::Method => ("Cara bayar", "Method"),
            Self::Time => ("Waktu", "Time"),
            Self::GroupLinked => ("Dompet terhubung", "Linked wallets"),
            Self::GroupWallets => ("Dompet digital", "E-wallets"),
            Self::GroupCounters => ("Minimarket", "Convenience stores"),
            Self::GroupPayLater => ("Bayar nanti", "Pay later"),
            Self::GroupOther => ("Lainnya", "Other"),
            Self::HintWallet => ("Buka aplikasi {method}", "Open the {method} app"),
            Self::HintPush => ("Setujui di aplikasi {method}", "Approve in the {method} app"),
            Self::HintLink => ("Cukup hubungkan sekali", "Link once, then pay in one tap"),
            Self::HintLinked => ("Bayar sekali sentuh", "Pay in one tap"),
            Self::HintCounter => ("Kode bayar untuk kasir", "A code for the cashier"),
            Self::HintPayLater => ("Cicilan atau bayar bulan depan", "Instalments, or next month"),
            Self::HintPage => ("Cara lain di halaman {method}", "More ways on {method}'s page"),
            Self::TooSmall => ("Minimal {limit}", "From {limit}"),
            Self::TooLarge => ("Maksimal {limit}", "Up to {limit}"),
            Self::Down => ("Sedang gangguan", "Not available right now"),
            Self::Secure => ("Pembayaran aman oleh Kasir", "Secure payment by Kasir"),
            Self::Help => (
                "Perlu bantuan? Sebutkan {reference} kepada {shop}.",
                "Need help? Quote {reference} to {shop}.",
            ),
            Self::SecondsLeft => ("Sisa waktu", "Time left"),
        }
    }

    /// The sentence with its braces.
    pub const fn text(self, locale: Locale) -> &'static str {
        let (id, en) = self.both();
        match locale {
            Locale::Id => id,
            Locale::En => en,
        }
    }
}

/// Replaces `{name}` by its value in a sentence.
pub(crate) fn fill(text: &str, name: &str, value: &str) -> String {
    // By hand: the searcher for any text in any text is larger than many a screen.
    let place = text.as_bytes().windows(name.len()).position(|part| part == name.as_bytes());
    let around = place.and_then(|at| Some((text.get(..at)?, text.get(at + name.len()..)?)));
    match around {
        Some((before, after)) => [before, value, after].concat(),
        None => text.to_owned(),
    }
}

const MONTHS: [(&str, &str); 12] = [
    ("Januari", "January"),
    ("Februari", "February"),
    ("Maret", "March"),
    ("April", "April"),
    ("Mei", "May"),
    ("Juni", "June"),
    ("Juli", "July"),
    ("Agustus", "August"),
    ("September", "September"),
    ("Oktober", "October"),
    ("November", "November"),
    ("Desember", "December"),
];

/// A time as it is on clocks in Jakarta: `20 November 2026, 12.00 WIB`. What a browser shows until
/// it knows the customer's own zone.
pub fn western_indonesian_time(moment: Moment, locale: Locale) -> String {
    let text = moment.plus_s(7 * 3600).to_string();
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let month: usize = part(5, 7).parse().unwrap_or_default();
    let (id, en) = MONTHS.get(month.wrapping_sub(1)).copied().unwrap_or_default();
    let (month, mark) = match locale {
        Locale::Id => (id, "."),
        Locale::En => (en, ":"),
    };
    let day = part(8, 10).trim_start_matches('0');
    [day, " ", month, " ", part(0, 4), ", ", part(11, 13), mark, part(14, 16), " WIB"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names in braces, in order.
    fn names(text: &str) -> Vec<&str> {
        let mut names: Vec<&str> =
            text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn both_languages_fill_in_the_same_names() {
        for key in [
            Key::Pay,
            Key::BalanceLow,
            Key::Points,
            Key::LinkBlocked,
            Key::LinkRefused,
            Key::Phone,
            Key::Leaving,
            Key::Push,
            Key::PushQuiet,
            Key::PayCode,
            Key::PayCodeDeadline,
            Key::PaidLate,
            Key::Refunded,
            Key::Help,
            Key::InApp,
        ] {
            let (id, en) = key.both();
            assert_eq!(names(id), names(en), "{key:?}");
        }
    }

    #[test]
    fn no_charge_is_promised_only_where_it_is_known() {
        let promise = |key: Key| key.both().0.contains("tidak terpotong");
        let known = [
            Key::Declined,
            Key::Expired,
            Key::Cancelled,
            Key::LowBalance,
            Key::LinkGone,
            Key::LinkCancelled,
            Key::LinkExpired,
            Key::LinkBlocked,
            Key::LinkUnrecognised,
            Key::LinkRefused,
            Key::LinkUnavailable,
        ];
        assert!(known.into_iter().all(promise));
        let unknown = [
            Key::Unknown,
            Key::UnknownEnd,
            Key::Checking,
            Key::CheckingHow,
            Key::PushEnd,
            Key::Broken,
        ];
        assert!(!unknown.into_iter().any(promise));
    }

    #[test]
    fn nobody_is_shouted_at_or_called_kamu() {
        for key in [
            Key::Choose,
            Key::Push,
            Key::Paid,
            Key::Unknown,
            Key::UnknownPush,
            Key::BadLink,
            Key::Offline,
        ] {
            let (id, en) = key.both();
            assert!(!id.contains('!') && !en.contains('!'), "{key:?}");
            assert!(!id.to_lowercase().contains("kamu"), "{key:?}");
        }
    }

    #[test]
    fn a_time_is_written_as_on_clocks_in_jakarta() {
        let moment: Moment = "2026-11-19T19:05:00Z".parse().unwrap();
        let at = |locale| western_indonesian_time(moment, locale);
        assert_eq!(at(Locale::Id), "20 November 2026, 02.05 WIB");
        assert_eq!(at(Locale::En), "20 November 2026, 02:05 WIB");
    }

    #[test]
    fn only_the_named_brace_is_filled() {
        assert_eq!(fill("{a} dan {b}", "{b}", "dua"), "{a} dan dua");
        assert_eq!(fill("tanpa", "{b}", "dua"), "tanpa");
    }
}
