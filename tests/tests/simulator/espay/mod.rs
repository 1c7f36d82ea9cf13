//! Espay, seen by a merchant who calls and is called back, and by the merchant's customers.
mod callback;
mod classic;
mod consent;
mod door;
mod link;
mod pay;
mod shop;
mod vectors;
