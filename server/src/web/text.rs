//! What problems say, in both languages.

use kasir_shared::{Locale, ProblemCode};

/// The kind of problem in a few words.
pub fn title(code: ProblemCode, locale: Locale) -> &'static str {
    let (id, en) = titles(code);
    match locale {
        Locale::Id => id,
        Locale::En => en,
    }
}

/// What happened and what to do about it; `note` is an amount, or what a parser said.
pub fn detail(code: ProblemCode, note: Option<&str>, locale: Locale) -> String {
    let (id, en) = details(code);
    let text = match locale {
        Locale::Id => id,
        Locale::En => en,
    };
    match note {
        Some(note) => text.replace("{note}", note),
        None => text.replace(" {note}", "").replace("{note}", ""),
    }
}

const fn titles(code: ProblemCode) -> (&'static str, &'static str) {
    use ProblemCode as Code;
    match code {
        Code::NotFound => ("Tidak ditemukan", "Not found"),
        Code::MethodNotAllowed => ("Metode HTTP tidak didukung", "HTTP method not allowed"),
        Code::Unauthorized => ("Kunci API tidak dikenal", "Unknown API key"),
        Code::InvalidJson => ("Bukan JSON yang sah", "Not valid JSON"),
        Code::UnsupportedMediaType => ("Jenis isi tidak didukung", "Unsupported content type"),
        Code::BodyTooLarge => ("Isi terlalu besar", "Body too large"),
        Code::InvalidField => ("Isian tidak sah", "Invalid field"),
        Code::AmountInvalid => ("Jumlah tidak sah", "Invalid amount"),
        Code::ItemsMismatch => ("Rincian tidak sesuai jumlah", "Items do not add up"),
        Code::ReturnUrlNotAllowed => ("Alamat kembali tidak diizinkan", "Return URL not allowed"),
        Code::IdempotencyKeyMissing => ("Idempotency-Key tidak ada", "Idempotency-Key missing"),
        Code::IdempotencyKeyInvalid => ("Idempotency-Key tidak sah", "Invalid Idempotency-Key"),
        Code::IdempotencyKeyReused => ("Idempotency-Key sudah dipakai", "Idempotency-Key reused"),
        Code::IdempotencyInFlight => ("Masih diproses", "Still in progress"),
        Code::SessionNotOpen => ("Pembayaran sudah ditutup", "Session is closed"),
        Code::AttemptInProgress => ("Pembayaran sedang berlangsung", "Payment in progress"),
        Code::AttemptNotLive => ("Pembayaran sudah selesai", "Payment is over"),
        Code::MethodNotOffered => ("Cara pembayaran tidak tersedia", "Method not offered"),
        Code::AmountTooSmall => ("Jumlah terlalu kecil", "Amount too small"),
        Code::AmountTooLarge => ("Jumlah terlalu besar", "Amount too large"),
        Code::PhoneInvalid => ("Nomor HP tidak sah", "Invalid phone number"),
        Code::NameInvalid => ("Nama tidak sah", "Invalid name"),
        Code::RefundNotPossible => ("Tidak dapat dikembalikan", "Refund not possible"),
        Code::RefundTooLarge => ("Pengembalian terlalu besar", "Refund too large"),
        Code::LinkGone => ("Dompet tidak terhubung lagi", "Wallet no longer linked"),
        Code::NotSupported => ("Tidak didukung", "Not supported"),
        Code::RateLimited => ("Terlalu sering", "Too many requests"),
        Code::Timeout => ("Terlalu lama", "Too slow"),
        Code::ProviderUnavailable => ("Penyedia tidak menjawab", "Provider unavailable"),
        Code::Unavailable => ("Belum bisa dilayani", "Unavailable"),
        Code::Internal | Code::Unknown => ("Kesalahan di pihak kami", "A fault of ours"),
    }
}

#[expect(clippy::too_many_lines, reason = "a table reads by row")]
const fn details(code: ProblemCode) -> (&'static str, &'static str) {
    use ProblemCode as Code;
    match code {
        Code::NotFound => (
            "Tidak ada yang bernama demikian, atau bukan milik Anda.",
            "There is nothing of that name, or it is not yours.",
        ),
        Code::MethodNotAllowed => (
            "Alamat ini ada, tetapi tidak untuk metode HTTP tersebut.",
            "This address exists, but not for that HTTP method.",
        ),
        Code::Unauthorized => (
            "Kirim kunci API Anda sebagai Authorization: Bearer sk_...",
            "Send your API key as Authorization: Bearer sk_...",
        ),
        Code::InvalidJson => {
            ("Isi tidak terbaca sebagai JSON: {note}", "The body does not parse as JSON: {note}")
        }
        Code::UnsupportedMediaType => {
            ("Kirim Content-Type: application/json.", "Send Content-Type: application/json.")
        }
        Code::BodyTooLarge => ("Isi paling besar 64 KB.", "A body has at most 64 KB."),
        Code::InvalidField => {
            ("Isian ini tidak sesuai: {note}", "This field is not as it should be: {note}")
        }
        Code::AmountInvalid => (
            "Jumlah harus bilangan bulat rupiah dari 1 sampai 999999999999.",
            "An amount is a whole number of rupiah from 1 to 999999999999.",
        ),
        Code::ItemsMismatch => (
            "Harga kali banyaknya semua barang harus sama dengan jumlah pembayaran. {note}",
            "Price times quantity of all items must equal the amount. {note}",
        ),
        Code::ReturnUrlNotAllowed => (
            "Alamat kembali harus https dan berada di bawah salah satu awalan toko.",
            "The return URL must be https and under one of the merchant's prefixes.",
        ),
        Code::IdempotencyKeyMissing => (
            "Setiap POST memerlukan header Idempotency-Key.",
            "Every POST needs an Idempotency-Key header.",
        ),
        Code::IdempotencyKeyInvalid => (
            "Idempotency-Key berisi 1 sampai 255 karakter ASCII yang tampak.",
            "An Idempotency-Key has 1 to 255 visible ASCII characters.",
        ),
        Code::IdempotencyKeyReused => (
            "Kunci ini sudah dipakai untuk permintaan lain. Pakai kunci baru.",
            "This key was used for another request. Use a new one.",
        ),
        Code::IdempotencyInFlight => (
            "Permintaan pertama dengan kunci ini masih diproses. Coba lagi sebentar.",
            "The first request with this key is still being worked on. Try again shortly.",
        ),
        Code::SessionNotOpen => (
            "Pembayaran ini sudah lunas, kedaluwarsa atau dibatalkan.",
            "This session is paid, expired or cancelled.",
        ),
        Code::AttemptInProgress => (
            "Permintaan pembayaran masih tampil di aplikasi Anda. Setujui atau tolak di sana, atau tunggu sampai waktunya habis.",
            "The payment request is still showing in your app. Approve or decline it there, or wait until it runs out.",
        ),
        Code::AttemptNotLive => {
            ("Percobaan pembayaran ini sudah selesai.", "This attempt is over.")
        }
        Code::MethodNotOffered => (
            "Cara pembayaran ini tidak tersedia untuk pesanan ini.",
            "This method is not offered for this session.",
        ),
        Code::AmountTooSmall => (
            "Jumlahnya kurang dari batas terkecil {note}.",
            "The amount is below the least that is taken, {note}.",
        ),
        Code::AmountTooLarge => (
            "Jumlahnya melebihi batas terbesar {note}.",
            "The amount is above the most that is taken, {note}.",
        ),
        Code::PhoneInvalid => (
            "Nomor HP harus 10–13 angka, contoh 0812 3456 7890",
            "Enter 10–13 digits, for example 0812 3456 7890",
        ),
        Code::NameInvalid => {
            ("Isi nama Anda, paling sedikit 2 huruf.", "Enter your name, at least 2 letters.")
        }
        Code::RefundNotPossible => (
            "Tidak ada uang yang bisa dikembalikan dari pembayaran ini.",
            "This attempt holds no money to give back.",
        ),
        Code::RefundTooLarge => {
            ("Sisa yang bisa dikembalikan {note}.", "No more than {note} is left to give back.")
        }
        Code::LinkGone => ("Hubungkan dompet Anda sekali lagi.", "Link the wallet again."),
        Code::NotSupported => {
            ("Cara pembayaran ini tidak mendukungnya.", "This method does not do that.")
        }
        Code::RateLimited => ("Coba lagi sebentar.", "Try again shortly."),
        Code::Timeout => ("Permintaan datang terlalu lambat.", "The request arrived too slowly."),
        Code::ProviderUnavailable => (
            "Kami belum mendapat jawaban. Jangan membayar ulang dulu; coba lagi sebentar.",
            "We have no answer yet. Please don't pay again; try again shortly.",
        ),
        Code::Unavailable => ("Coba lagi sebentar.", "Try again shortly."),
        Code::Internal | Code::Unknown => (
            "Terjadi kesalahan di pihak kami. Coba lagi sebentar.",
            "Something went wrong on our side. Try again shortly.",
        ),
    }
}
