//! What a WebAssembly module consists of: its sections, and its code by crate where it has names.

use std::collections::BTreeMap;

/// A part of a module and its bytes.
pub(crate) type Part = (String, usize);

const NAMES: [&str; 13] = [
    "custom",
    "type",
    "import",
    "function",
    "table",
    "memory",
    "global",
    "export",
    "start",
    "element",
    "code",
    "data",
    "data count",
];
const CUSTOM: u8 = 0;
const IMPORT: u8 = 2;
const CODE: u8 = 10;
/// The subsection of the name section that names functions.
const FUNCTIONS: u8 = 1;

/// A place in a module.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<usize> {
        let (mut value, mut shift) = (0_usize, 0_u32);
        loop {
            let byte = self.byte()?;
            value |= usize::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
            shift += 7;
        }
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }
}

/// The sections of a module, largest first; `None` where it is not a module.
pub(crate) fn sections(module: &[u8]) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    for (id, body) in split(module)? {
        let name = NAMES.get(usize::from(id))?;
        let name = if id == CUSTOM {
            format!("{name} \"{}\"", Reader(body).text()?)
        } else {
            (*name).to_owned()
        };
        parts.push((name, body.len()));
    }
    Some(largest_first(parts))
}

/// The code of a module by crate, largest first; empty where its functions have no names.
pub(crate) fn crates(module: &[u8]) -> Option<Vec<Part>> {
    let sections = split(module)?;
    let find = |wanted: u8| sections.iter().find(|(id, _)| *id == wanted).map(|(_, body)| *body);
    let imported = find(IMPORT).map_or(Some(0), imported_functions)?;
    let names = function_names(&sections).unwrap_or_default();
    let mut code = Reader(find(CODE)?);
    let mut sizes = BTreeMap::<String, usize>::new();
    for index in 0..code.number()? {
        let size = code.bytes()?.len();
        if let Some(name) = names.get(&(imported + index)).and_then(|name| crate_of(name)) {
            *sizes.entry(name.to_owned()).or_default() += size;
        }
    }
    Some(largest_first(sizes.into_iter().collect()))
}

fn split(module: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let mut reader = Reader(module.strip_prefix(b"\0asm\x01\0\0\0")?);
    let mut sections = Vec::new();
    while let Some(id) = reader.byte() {
        sections.push((id, reader.bytes()?));
    }
    Some(sections)
}

/// Imported functions come first in the count of functions.
fn imported_functions(section: &[u8]) -> Option<usize> {
    let mut reader = Reader(section);
    let mut functions = 0;
    for _ in 0..reader.number()? {
        reader.text()?;
        reader.text()?;
        match reader.byte()? {
            0 => {
                reader.number()?;
                functions += 1;
            }
            // A table has the type of its elements before its limits, a global a type and a flag.
            1 => {
                reader.byte()?;
                limits(&mut reader)?;
            }
            2 => limits(&mut reader)?,
            3 => {
                reader.byte()?;
                reader.byte()?;
            }
            _ => return None,
        }
    }
    Some(functions)
}

fn limits(reader: &mut Reader<'_>) -> Option<()> {
    let bounded = reader.byte()? & 1 == 1;
    reader.number()?;
    if bounded {
        reader.number()?;
    }
    Some(())
}

fn function_names<'a>(sections: &[(u8, &'a [u8])]) -> Option<BTreeMap<usize, &'a str>> {
    let mut customs = sections.iter().filter(|(id, _)| *id == CUSTOM);
    let mut reader = customs.find_map(|(_, body)| {
        let mut reader = Reader(body);
        (reader.text()? == "name").then_some(reader)
    })?;
    while let Some(kind) = reader.byte() {
        let body = reader.bytes()?;
        if kind == FUNCTIONS {
            let mut list = Reader(body);
            return (0..list.number()?).map(|_| Some((list.number()?, list.text()?))).collect();
        }
    }
    None
}

/// The crate that a mangled name speaks of first. What only describes types to wasm-bindgen is read
/// by it and then left out, so it is nobody's.
fn crate_of(name: &str) -> Option<&str> {
    if name.contains("__wbindgen_describe") {
        return None;
    }
    let found = name.strip_prefix("_ZN").map_or_else(|| of_v0(name), of_legacy);
    Some(found.unwrap_or("other"))
}

/// `12leptos_dom4html...`, or a type as in `69_$LT$leptos_dom..View$u20$as$u20$core..fmt..Debug$GT$`.
fn of_legacy(path: &str) -> Option<&str> {
    let (length, rest) = path.split_at(path.find(|c: char| !c.is_ascii_digit())?);
    let word = rest.get(..length.parse().ok()?)?;
    if !word.contains('$') {
        return Some(word);
    }
    let path = word.split("..").next()?;
    path.rsplit('$').next().map(|word| word.trim_start_matches('_')).filter(|word| word.len() > 1)
}

/// A crate is `Cs`, its own mark in letters and digits, `_`, and its name behind its length.
fn of_v0(name: &str) -> Option<&str> {
    let marked = name.strip_prefix("_R")?.split_once("Cs")?.1.split_once('_')?.1;
    let (length, rest) = marked.split_at(marked.find(|c: char| !c.is_ascii_digit())?);
    rest.get(..length.parse().ok()?)
}

fn largest_first(mut parts: Vec<Part>) -> Vec<Part> {
    parts.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    parts
}
