//! NICEPAY, over its V2 API.
