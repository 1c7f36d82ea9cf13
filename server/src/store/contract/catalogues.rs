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
    assert!(bench.store.catalogues().await.unwrap().is_empty());
    let (one, two) = (catalogue(&["OVO", "DANA"]), catalogue(&[]));
    bench.store.keep_catalogue(ACCOUNT, &two, at(1)).await.unwrap();
    bench.store.keep_catalogue("another", &two, at(2)).await.unwrap();
    bench.store.keep_catalogue(ACCOUNT, &one, at(3)).await.unwrap();
    let mut kept = bench.store.catalogues().await.unwrap();
    kept.sort_by(|a, b| a.0.cmp(&b.0));
    let mut expected = vec![(ACCOUNT.to_owned(), one), ("another".to_owned(), two)];
    expected.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(kept, expected);
}

async fn a_damaged_list_is_an_error(bench: Bench) {
    bench.store.keep_catalogue(ACCOUNT, &catalogue(&["OVO"]), at(1)).await.unwrap();
    assert!((bench.tamper)("UPDATE catalogues SET products = '{\"OVO\":1}'"));
    let error = bench.store.catalogues().await.unwrap_err();
    assert!(matches!(error, StoreError::Inconsistent { table: "catalogues", .. }), "{error}");
}
