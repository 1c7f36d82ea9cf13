//! What screens are put together from.
//!
//! Every part ends in `into_any`: a screen is then a list of equal things, and the module that a
//! phone downloads stays small.

#![expect(unreachable_pub, reason = "the component macro writes `pub` for the props of a part")]

mod shop;
mod order;
mod notices;
mod footer;
mod heading;
mod picture;
mod methods;
mod method;
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

pub(crate) use another_way::AnotherWay;
pub(crate) use app_card::{AppCard, qr};
pub(crate) use away::Away;
pub(crate) use clock::clock;
pub(crate) use copy::CopyButton;
pub(crate) use countdown::Countdown;
pub(crate) use field::TextField;
pub(crate) use footer::Footer;
pub(crate) use heading::{Heading, Say};
pub(crate) use method::MethodRow;
pub(crate) use methods::Methods;
pub(crate) use notices::Notices;
pub(crate) use order::Order;
pub(crate) use pay::PayButton;
pub(crate) use picture::{Drawing, Picture, mark};
pub(crate) use receipt::Receipt;
pub(crate) use shop::Shop;
pub(crate) use trouble::TroubleLine;
pub(crate) use way::{Role, WayLink};
