//! Which products the merchant's account has at a made-up provider: `ovo`, and `ovo-link` for the way
//! with a linked wallet.

use kasir_server::provider::{Catalogue, Dialogue, Product};
use kasir_shared::MethodId;
use serde_json::{Value, json};

use super::provider::{UNREADABLE, read};
use super::{MadeUp, Operation};

pub(super) fn has(method: MethodId, linked: bool, catalogue: &Catalogue) -> bool {
    let way = if linked { "-link" } else { "" };
    catalogue.product(&format!("{}{way}", method.as_str())).is_some()
}

fn product(said: &Value) -> Option<Product> {
    let code = said.as_str()?.to_owned();
    Some(Product { bank: "made-up".to_owned(), name: code.to_uppercase(), code })
}

impl MadeUp {
    /// The account has these products from now on.
    pub fn sells(&self, products: &[&str]) {
        self.books().sold = products.iter().map(|one| (*one).to_owned()).collect();
    }

    /// How often it was asked what the account has, connections that it refused left out.
    pub fn shelf_readings(&self) -> usize {
        self.books().asked.iter().filter(|one| **one == Operation::Catalogue).count()
    }

    pub(super) fn read_shelf(&self) -> Dialogue<Catalogue> {
        let question = self.question(Operation::Catalogue, &json!({}));
        Dialogue::ask("catalogue", question, |answer| {
            let said = read(&answer)?;
            let products = said["products"].as_array().ok_or(UNREADABLE)?;
            let products = products.iter().map(product).collect::<Option<_>>();
            Ok(Dialogue::Done(Catalogue { products: products.ok_or(UNREADABLE)? }))
        })
    }
}
