//! What screens are put together from: components, each a function that returns an element.

mod shop;
mod order;
mod notices;
mod footer;
mod heading;
mod picture;
mod methods;
mod method;
mod linked;
mod field;
mod trouble;
mod pay;
mod way;
mod away;
mod app_card;
mod another_way;
mod countdown;
mod copy;
mod clock;
mod receipt;

pub(crate) use another_way::another_way;
pub(crate) use app_card::{app_card, qr};
pub(crate) use away::away;
pub(crate) use clock::clock;
pub(crate) use copy::copy;
pub(crate) use countdown::countdown;
pub(crate) use footer::footer;
pub(crate) use heading::{aside, heading, say};
#[cfg(feature = "ssr")]
pub(crate) use linked::name_of_link;
pub(crate) use linked::{first_button, link_trouble};
pub(crate) use methods::methods;
pub(crate) use notices::{connection, rescue};
pub(crate) use order::order;
pub(crate) use pay::pay;
pub(crate) use picture::{Drawing, mark, picture};
pub(crate) use receipt::receipt;
pub(crate) use shop::shop;
pub(crate) use trouble::trouble;
pub(crate) use way::{Role, way};
