//! What the shop says, in Indonesian and in English.

/// A language of the shop's pages.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Lang {
    /// Indonesian: the shop's own.
    #[default]
    Id,
    /// English.
    En,
}

impl Lang {
    /// Reads a language tag as a link or a cookie carries it.
    pub(super) fn parse(tag: &str) -> Option<Self> {
        match tag {
            "id" => Some(Self::Id),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The tag for `lang`, for Kasir's `locale` and for links.
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::En => "en",
        }
    }

    /// The other language, and what it calls itself.
    pub(super) const fn other(self) -> (&'static str, &'static str) {
        match self {
            Self::Id => ("en", "English"),
            Self::En => ("id", "Bahasa Indonesia"),
        }
    }

    pub(super) const fn words(self) -> &'static Words {
        match self {
            Self::Id => &INDONESIAN,
            Self::En => &ENGLISH,
        }
    }

    /// Picks one of two wordings that belong to a row of data.
    pub(super) const fn pick<'a>(self, indonesian: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Id => indonesian,
            Self::En => english,
        }
    }
}

/// Every sentence of the shop; a missing translation does not compile.
pub(super) struct Words {
    pub(super) tagline: &'static str,
    pub(super) welcome: &'static str,
    pub(super) welcome_more: &'static str,
    pub(super) skip: &'static str,
    pub(super) add: &'static str,
    pub(super) cart: &'static str,
    pub(super) cart_empty: &'static str,
    pub(super) to_the_shop: &'static str,
    pub(super) quantity: &'static str,
    pub(super) total: &'static str,
    pub(super) deliver_to: &'static str,
    pub(super) where_to_pay: &'static str,
    pub(super) pay_here: &'static str,
    pub(super) pay_here_more: &'static str,
    pub(super) pay_there: &'static str,
    pub(super) pay_there_more: &'static str,
    pub(super) checkout: &'static str,
    pub(super) payment: &'static str,
    pub(super) no_frame: &'static str,
    pub(super) open_hosted: &'static str,
    pub(super) order: &'static str,
    pub(super) awaiting: &'static str,
    pub(super) awaiting_more: &'static str,
    pub(super) continue_paying: &'static str,
    pub(super) paid: &'static str,
    pub(super) paid_more: &'static str,
    pub(super) see_order: &'static str,
    pub(super) expired: &'static str,
    pub(super) expired_more: &'static str,
    pub(super) cancelled: &'static str,
    pub(super) cancelled_more: &'static str,
    pub(super) refunded: &'static str,
    pub(super) refunded_more: &'static str,
    pub(super) paid_twice: &'static str,
    pub(super) again: &'static str,
    pub(super) paid_with: &'static str,
    pub(super) refused: &'static str,
    pub(super) unheard: &'static str,
    pub(super) unheard_more: &'static str,
    pub(super) back_to_cart: &'static str,
    pub(super) missing: &'static str,
    pub(super) missing_more: &'static str,
    pub(super) footer: &'static str,
    pub(super) behind: &'static str,
    pub(super) own_window: &'static str,
    pub(super) phone: &'static str,
    pub(super) advance: &'static str,
    pub(super) signature_good: &'static str,
    pub(super) the_shop: &'static str,
    pub(super) providers: &'static str,
    pub(super) story_session: &'static str,
    pub(super) story_charge: &'static str,
    pub(super) story_notice: &'static str,
    pub(super) story_webhook: &'static str,
    pub(super) try_trouble: &'static str,
    pub(super) lost_reply: &'static str,
    pub(super) forged: &'static str,
    pub(super) duplicate: &'static str,
    pub(super) armed: &'static str,
    pub(super) not_armed: &'static str,
}

static INDONESIAN: Words = Words {
    tagline: "Kopi sangrai harian dari Bandung utara",
    welcome: "Disangrai pagi ini, diseduh besok pagi",
    welcome_more: "Tiga kopi Nusantara, disangrai dalam jumlah kecil setiap hari di Ciumbuleuit.",
    skip: "Langsung ke isi",
    add: "Tambah",
    cart: "Keranjang",
    cart_empty: "Keranjang Anda masih kosong.",
    to_the_shop: "Lihat kopi",
    quantity: "Jumlah",
    total: "Total",
    deliver_to: "Dikirim ke",
    where_to_pay: "Bayar di mana?",
    pay_here: "Di halaman ini",
    pay_here_more: "Anda tetap di toko",
    pay_there: "Di halaman Kasir",
    pay_there_more: "Lalu kembali ke sini",
    checkout: "Lanjut ke pembayaran",
    payment: "Pembayaran",
    no_frame: "Pembayaran tidak muncul?",
    open_hosted: "Buka halaman pembayaran",
    order: "Pesanan",
    awaiting: "Menunggu pembayaran",
    awaiting_more: "Halaman ini berubah sendiri begitu pembayaran kami terima.",
    continue_paying: "Lanjutkan pembayaran",
    paid: "Sudah dibayar. Terima kasih, Rani.",
    paid_more: "Kopi Anda kami sangrai besok pagi dan kirim di hari yang sama.",
    see_order: "Lihat pesanan",
    expired: "Waktu pembayaran habis",
    expired_more: "Pesanan ini tidak kami proses. Anda dapat memesan lagi.",
    cancelled: "Pembayaran dibatalkan",
    cancelled_more: "Pesanan ini tidak kami proses. Anda dapat memesan lagi.",
    refunded: "Uang dikembalikan",
    refunded_more: "Pembayaran untuk pesanan ini sudah dikembalikan kepada Anda.",
    paid_twice: "Kami menerima dua pembayaran. Yang kedua sedang dikembalikan.",
    again: "Pesan lagi",
    paid_with: "Dibayar dengan",
    refused: "Pembayaran belum dapat dibuat",
    unheard: "Belum ada jawaban dari layanan pembayaran",
    unheard_more: "Tidak ada uang yang berpindah. Coba lagi sebentar lagi; pesanan Anda tidak akan dibuat dua kali.",
    back_to_cart: "Kembali ke keranjang",
    missing: "Halaman ini tidak ada",
    missing_more: "Mungkin alamatnya salah tulis, atau pesanannya bukan dari toko ini.",
    footer: "Toko peragaan. Tidak ada uang sungguhan yang berpindah.",
    behind: "Di balik layar",
    own_window: "Buka di jendela sendiri",
    phone: "HP Rani",
    advance: "60 d",
    signature_good: "Tanda tangan cocok",
    the_shop: "Toko",
    providers: "Penyedia",
    story_session: "sesi",
    story_charge: "tagihan",
    story_notice: "notifikasi",
    story_webhook: "webhook",
    try_trouble: "Ganggu",
    lost_reply: "Hilang",
    forged: "Palsu",
    duplicate: "Ganda",
    armed: "Siap",
    not_armed: "Simulator tidak menjawab.",
};

static ENGLISH: Words = Words {
    tagline: "Coffee roasted daily in north Bandung",
    welcome: "Roasted this morning, brewed tomorrow",
    welcome_more: "Three Indonesian coffees, roasted every day in small batches in Ciumbuleuit.",
    skip: "Skip to content",
    add: "Add",
    cart: "Cart",
    cart_empty: "Your cart is still empty.",
    to_the_shop: "See the coffees",
    quantity: "Quantity",
    total: "Total",
    deliver_to: "Deliver to",
    where_to_pay: "Where would you like to pay?",
    pay_here: "On this page",
    pay_here_more: "You stay in the shop",
    pay_there: "On Kasir's page",
    pay_there_more: "And come back here",
    checkout: "Continue to payment",
    payment: "Payment",
    no_frame: "The payment does not appear?",
    open_hosted: "Open the payment page",
    order: "Order",
    awaiting: "Waiting for payment",
    awaiting_more: "This page changes by itself as soon as we have received your payment.",
    continue_paying: "Continue paying",
    paid: "Paid. Thank you, Rani.",
    paid_more: "We roast your coffee tomorrow morning and send it the same day.",
    see_order: "See your order",
    expired: "Time to pay has run out",
    expired_more: "We are not processing this order. You can order again.",
    cancelled: "Payment cancelled",
    cancelled_more: "We are not processing this order. You can order again.",
    refunded: "Money returned",
    refunded_more: "The payment for this order has been returned to you.",
    paid_twice: "We received two payments. The second is being refunded.",
    again: "Order again",
    paid_with: "Paid with",
    refused: "The payment could not be created",
    unheard: "No answer from the payment service yet",
    unheard_more: "No money has moved. Please try again in a moment; your order will not be made twice.",
    back_to_cart: "Back to the cart",
    missing: "This page does not exist",
    missing_more: "The address may be mistyped, or the order is not from this shop.",
    footer: "A demonstration shop. No real money moves.",
    behind: "Behind the scenes",
    own_window: "Open in its own window",
    phone: "Rani's phone",
    advance: "60 s",
    signature_good: "Signature matches",
    the_shop: "Shop",
    providers: "Providers",
    story_session: "session",
    story_charge: "charge",
    story_notice: "notification",
    story_webhook: "webhook",
    try_trouble: "Cause trouble",
    lost_reply: "Lost",
    forged: "Forged",
    duplicate: "Twice",
    armed: "Done",
    not_armed: "The simulator does not answer.",
};
