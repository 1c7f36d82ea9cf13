//! What the accounts have at their providers.

use super::super::StoreError;
use super::{ACCOUNT, Bench, Case, at, case};
use crate::provider::{Catalogue, Product};

pub(crate) fn cases() -> Vec<Case> {
    vec![case(the_last_list_of_an_account_is_kept), case(a_damaged_list_is_an_error)]
}

fn catalogue(codes: &[&str]) -> Catalogue {
    let product = |code: &&str| Product {
        bank: "503".to_owned(),
        code: (*code).to_owned(),
        name: format!("Wallet \"{code}\""),
    };
    Catalogue { products: codes.iter().map(product).collect() }
}

async fn the_last_list_of_an_account_is_kept(bench: Bench) {
    assert_eq!(bench.store.catalogue(ACCOUNT).await.unwrap(), None);
    let (one, none) = (catalogue(&["OVO", "DANA"]), catalogue(&[]));
    bench.store.keep_catalogue(ACCOUNT, &none, at(1)).await.unwrap();
    bench.store.keep_catalogue("another", &none, at(2)).await.unwrap();
    bench.store.keep_catalogue(ACCOUNT, &one, at(3)).await.unwrap();
    assert_eq!(bench.store.catalogue(ACCOUNT).await.unwrap(), Some(one));
    assert_eq!(bench.store.catalogue("another").await.unwrap(), Some(none));
}

async fn a_damaged_list_is_an_error(bench: Bench) {
    bench.store.keep_catalogue(ACCOUNT, &catalogue(&["OVO"]), at(1)).await.unwrap();
    assert!((bench.tamper)("UPDATE catalogues SET products = '{\"OVO\":1}'"));
    let error = bench.store.catalogue(ACCOUNT).await.unwrap_err();
    assert!(matches!(error, StoreError::Inconsistent { table: "catalogues", .. }), "{error}");
}
