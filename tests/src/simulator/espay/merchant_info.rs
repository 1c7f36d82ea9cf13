//! Inquiry Merchant Info: what a merchant may sell through.
use super::classic::call::{Reply, Service, refused};
use super::products::{PRODUCTS, Product, by_code};
use crate::simulator::engine::Desk;
use crate::simulator::view::Operation;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The service.
pub(super) const MERCHANT_INFO: Service =
    Service { operation: Operation::MerchantInfo, basic: false, handle: merchant_info };

/// A product that is sold now.
pub(super) fn sold(desk: &Desk<'_>, code: &str) -> Option<&'static Product> {
    by_code(code).filter(|product| !desk.state.espay.withdrawn.contains(product.code))
}

fn merchant_info(desk: &mut Desk<'_>, fields: &BTreeMap<String, String>) -> Reply {
    let key = fields.get("key").map_or("", String::as_str);
    if !desk.settings.espay.merchants.iter().any(|merchant| merchant.api_key == key) {
        return refused(("0001", "Invalid API Key"), "the key is no merchant's API key");
    }
    let now = PRODUCTS.iter().filter(|product| sold(desk, product.code).is_some());
    let rows: Vec<Value> = now
        .map(|product| {
            json!({
                "bankCode": product.bank,
                "productCode": product.code,
                "productName": product.name,
            })
        })
        .collect();
    Reply::answered(json!({ "error_code": "0000", "error_message": "", "data": rows }), None)
}
