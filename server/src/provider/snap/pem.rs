//! The forms in which keys travel: PEM, bare base64, base64 of PEM, and what environment variables
//! and dashboards make of their line ends.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::key::KeyError;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";
/// The most layers: base64 of a PEM, which is base64 itself.
const LAYERS_MAX: u32 = 2;
/// A key of 8192 bits in base64 of PEM has less than 9 KB.
const TEXT_BYTES_MAX: usize = 64 * 1024;
/// Padding gets lost where keys are copied by hand.
const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The DER of a key, taken out of the text it came in.
pub(super) fn unwrap(text: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(KeyError::NotAKey);
    }
    unwrap_layer(text, LAYERS_MAX)
}

fn unwrap_layer(text: &str, layers: u32) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let text = Zeroizing::new(text.replace("\\r", "\n").replace("\\n", "\n"));
    let (label, body) = block(&text).unwrap_or(("", &text));
    if label.contains("OPENSSH") {
        return Err(KeyError::OpenSsh);
    }
    if label.contains("ENCRYPTED") || body.contains("ENCRYPTED") {
        return Err(KeyError::Encrypted);
    }
    // Quotes are those of a .env file, backslashes those of a shell that goes on in the next line.
    let wrapping = |c: &char| !c.is_whitespace() && !matches!(c, '"' | '\'' | '\\');
    let packed: Zeroizing<String> = Zeroizing::new(body.chars().filter(wrapping).collect());
    let bytes = FORGIVING.decode(packed.as_bytes()).map_err(|_| KeyError::NotAKey)?;
    let bytes = Zeroizing::new(bytes);
    // DER begins with a sequence, and no wrapping does.
    match std::str::from_utf8(&bytes) {
        Ok(inner) if layers > 1 && !bytes.starts_with(&[0x30]) => unwrap_layer(inner, layers - 1),
        Ok(_) | Err(_) => Ok(bytes),
    }
}

/// The label and the body of the first PEM block.
fn block(text: &str) -> Option<(&str, &str)> {
    let (_, rest) = text.split_once(BEGIN)?;
    let (label, rest) = rest.split_once(DASHES)?;
    let (body, _) = rest.split_once(END)?;
    Some((label, body))
}
