//! The configuration that the README tells people to copy.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../kasir.toml.example")
}

/// A key of the tests'.
fn key(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/keys").join(name)
}

/// `kasir check` on the example, with these secrets in place.
fn check(folder: &TempDir, secrets: &[(&str, &str)]) -> Output {
    // The secrets that the example keeps in files, and the database, are not where a server has them.
    let merchant_key = folder.path().join("merchant_key");
    std::fs::write(&merchant_key, "a key of the merchant's\n").unwrap();
    let client_secret = folder.path().join("client_secret");
    std::fs::write(&client_secret, "a secret of the client's\n").unwrap();
    let espays = folder.path().join("espay_secret");
    std::fs::write(&espays, "00112233445566778899aabbccddeeff\n").unwrap();
    Command::new(env!("CARGO_BIN_EXE_kasir"))
        .args(["check", "--config"])
        .arg(example())
        .env_clear()
        .env("KASIR__STORE__SQLITE", folder.path().join("kasir.db"))
        .env("KASIR__ACCOUNTS__0__MERCHANT_KEY__FILE", merchant_key)
        .env("KASIR__ACCOUNTS__1__PRIVATE_KEY__FILE", key("winpay-merchant.pem"))
        .env("KASIR__ACCOUNTS__1__WINPAY_PUBLIC_KEY__FILE", key("winpay.pub.pem"))
        .env("KASIR__ACCOUNTS__2__SNAP__PRIVATE_KEY__FILE", key("nicepay-merchant.pem"))
        .env("KASIR__ACCOUNTS__2__SNAP__NICEPAY_PUBLIC_KEY__FILE", key("nicepay.pub.pem"))
        .env("KASIR__ACCOUNTS__2__SNAP__CLIENT_SECRET__FILE", client_secret)
        .env("KASIR__ACCOUNTS__3__API_KEY__FILE", &espays)
        .env("KASIR__ACCOUNTS__3__SIGNATURE_KEY__FILE", &espays)
        .env("KASIR__ACCOUNTS__3__PUSH__PASSWORD__FILE", &espays)
        .env("KASIR__ACCOUNTS__3__PRIVATE_KEY__FILE", key("espay-merchant.pem"))
        .env("KASIR__ACCOUNTS__3__ESPAY_PUBLIC_KEY__FILE", key("espay.pub.pem"))
        .envs(secrets.iter().copied())
        .output()
        .unwrap()
}

const VAULT_KEY: (&str, &str) = ("KASIR_VAULT_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
const WEBHOOK_SECRET: (&str, &str) =
    ("KASIR_WEBHOOK_SECRET", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");

#[test]
fn the_example_is_refused_by_field_while_a_secret_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let output = check(&folder, &[VAULT_KEY]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        said.trim(),
        "kasir: merchants[0].webhook.secret: the environment has no KASIR_WEBHOOK_SECRET"
    );
}

#[test]
fn the_example_is_accepted_once_its_secrets_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let output = check(&folder, &[VAULT_KEY, WEBHOOK_SECRET]);
    let (said, complained) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(complained, "");
    assert!(output.status.success());
    for line in [
        "public address: https://pay.toko.example",
        "account:        toko-nicepay at NICEPAY, https://www.nicepay.co.id/nicepay",
        "account:        toko-winpay at Winpay, https://snap.winpay.id",
        "account:        toko-nicepay-snap at NICEPAY, https://www.nicepay.co.id/nicepay",
        "account:        toko-espay at Espay, https://api.espay.id",
        "  ovo:          OVOLINK with a linked wallet, OVO by a prompt",
        "  gopay:        GOPAYLINK with a linked wallet",
        "  inquiry URL:  https://pay.toko.example/notify/espay/toko-espay/v1.0/transfer-va/inquiry",
        "  payment URL:  https://pay.toko.example/notify/espay/toko-espay/v1.0/transfer-va/payment",
        "merchant:       toko-kopi (Toko Kopi): ovo, dana, shopeepay, linkaja, astrapay, gopay, speedcash",
        "webhook:      https://toko.example/webhooks/kasir, 1 signing key(s)",
        "all is well",
    ] {
        assert!(said.contains(line), "{line} is not in {said}");
    }
}
