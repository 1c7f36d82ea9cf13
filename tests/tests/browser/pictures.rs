//! Pictures of every screen, for whoever wants to look: built only with the feature `pictures`, and run
//! by hand with `KASIR_SCREENSHOTS=folder`.

use std::path::PathBuf;

use crate::device::Device;
use crate::scenes::every_screen;

#[expect(clippy::disallowed_methods, reason = "who runs this by hand says where to")]
fn folder() -> PathBuf {
    std::env::var("KASIR_SCREENSHOTS").expect("KASIR_SCREENSHOTS names a folder").into()
}

async fn take(device: Device, locale: &'static str) {
    std::fs::create_dir_all(folder()).unwrap();
    every_screen(device, locale, move |stage, name| async move {
        let browser = &stage.browser;
        if name == "choose" {
            browser.choose("dana", "DANA").await;
        }
        for theme in ["light", "dark"] {
            browser.light(theme).await;
            let (width, _) = device.size();
            let name = name.replace(':', "-");
            let file = folder().join(format!("{name}-{locale}-{theme}-{width}.png"));
            std::fs::write(file, browser.client.screenshot().await.unwrap()).unwrap();
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_on_a_phone() {
    for locale in ["id", "en"] {
        take(Device::Android, locale).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_at_a_desk() {
    for locale in ["id", "en"] {
        take(Device::Desk, locale).await;
    }
}
