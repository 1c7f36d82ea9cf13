//! `kasir keys new`.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kasir_server::dice::Dice;

/// Makes keys and prints them once.
pub(crate) fn print_new(dice: &dyn Dice) {
    let bytes = || [dice.draw(), dice.draw()].concat();
    let key = dice.token("sk_");
    println!("API key, for the shop's server:      {key}");
    println!(
        "  its hash, for `key_hashes`:        {}",
        hex::encode(digest(&SHA256, key.as_bytes()))
    );
    println!("webhook secret, for both sides:      whsec_{}", STANDARD.encode(bytes()));
    println!("vault key, for Kasir alone:          {}", STANDARD.encode(bytes()));
    println!("None of these is kept: put them where your secrets are.");
}
