//! A browser without script: it follows redirects, reads forms, fills and posts them.

use http::header::{CONTENT_TYPE, LOCATION, USER_AGENT};

/// What a desktop browser calls itself.
const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
/// The most redirects in a row.
const HOPS_MAX: usize = 8;

/// A browser.
#[derive(Clone)]
pub struct Browser {
    http: reqwest::Client,
}

/// A page that is shown.
#[derive(Clone, Debug)]
pub struct Page {
    /// Where it is.
    pub url: String,
    /// Its status.
    pub status: u16,
    /// Its markup.
    pub html: String,
    /// The statuses of the redirects that led here.
    pub hops: Vec<u16>,
}

/// A form of a page.
#[derive(Clone, Debug)]
pub struct Form {
    /// Where it is posted.
    pub action: String,
    /// What it sends: hidden fields, texts, and what is checked.
    pub fields: Vec<(String, String)>,
    /// What its buttons would send.
    pub buttons: Vec<(String, String)>,
}

impl Browser {
    /// A browser that goes through `http`, which follows nothing by itself.
    pub const fn new(http: reqwest::Client) -> Self {
        Self { http }
    }

    /// Looks at an address.
    pub async fn get(&self, url: &str) -> Page {
        self.go(self.http.get(url), url).await
    }

    /// Posts a form of `page` with some fields as the customer fills them.
    pub async fn submit(&self, page: &Page, form: &Form, filled: &[(&str, &str)]) -> Page {
        let mut fields = form.fields.clone();
        for (name, value) in filled {
            fields.retain(|(other, _)| other != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
        let url = absolute(&page.url, &form.action);
        let request = self
            .http
            .post(&url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        self.go(request, &url).await
    }

    async fn go(&self, request: reqwest::RequestBuilder, url: &str) -> Page {
        let (mut url, mut hops) = (url.to_owned(), Vec::new());
        let mut answer = request.header(USER_AGENT, AGENT).send().await.expect("an answer");
        while answer.status().is_redirection() {
            hops.push(answer.status().as_u16());
            assert!(hops.len() <= HOPS_MAX, "redirected without end: {url}");
            let location = answer.headers().get(LOCATION).expect("a redirect says where to");
            url = absolute(&url, location.to_str().expect("an address is text"));
            let request = self.http.get(&url).header(USER_AGENT, AGENT);
            answer = request.send().await.expect("an answer");
        }
        let status = answer.status().as_u16();
        let html = answer.text().await.expect("a page is text");
        Page { url, status, html, hops }
    }
}

impl Page {
    /// The form whose address contains `part`.
    ///
    /// # Panics
    ///
    /// Where there is none.
    pub fn form(&self, part: &str) -> Form {
        let found = self.forms().into_iter().find(|form| form.action.contains(part));
        found.unwrap_or_else(|| panic!("{} has no form to {part}:\n{}", self.url, self.html))
    }

    /// Its forms.
    pub fn forms(&self) -> Vec<Form> {
        self.html.split("<form").skip(1).map(read_form).collect()
    }

    /// The first link that begins with `start`.
    ///
    /// # Panics
    ///
    /// Where there is none.
    pub fn link(&self, start: &str) -> String {
        let mut links = self.html.split("<a ").skip(1).filter_map(|rest| {
            let tag = rest.split('>').next()?;
            attribute(tag, "href")
        });
        let found = links.find(|href| href.starts_with(start));
        found.unwrap_or_else(|| panic!("{} has no link to {start}:\n{}", self.url, self.html))
    }

    /// Whether an element has this `data-testid`.
    pub fn has(&self, testid: &str) -> bool {
        self.html.contains(&format!("data-testid=\"{testid}\""))
    }
}

fn read_form(rest: &str) -> Form {
    let inner = rest.split("</form>").next().unwrap_or_default();
    let head = inner.split('>').next().unwrap_or_default();
    let mut form = Form {
        action: attribute(head, "action").unwrap_or_default(),
        fields: Vec::new(),
        buttons: Vec::new(),
    };
    for tag in tags(inner, "<input") {
        let Some(name) = attribute(tag, "name") else { continue };
        let choice = matches!(attribute(tag, "type").as_deref(), Some("radio" | "checkbox"));
        if !choice || tag.contains(" checked") {
            form.fields.push((name, attribute(tag, "value").unwrap_or_default()));
        }
    }
    for tag in tags(inner, "<button") {
        if let (Some(name), Some(value)) = (attribute(tag, "name"), attribute(tag, "value")) {
            form.buttons.push((name, value));
        }
    }
    form
}

fn tags<'a>(html: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    html.split(start).skip(1).filter_map(|rest| rest.split('>').next())
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    Some(plain(rest.split('"').next()?))
}

fn plain(text: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain))
}

/// An address as a page at `base` means it.
fn absolute(base: &str, address: &str) -> String {
    if address.contains("://") {
        return address.to_owned();
    }
    let after_scheme = base.find("://").map_or(0, |at| at + 3);
    let path_at = base[after_scheme..].find('/').map_or(base.len(), |at| after_scheme + at);
    assert!(address.starts_with('/'), "addresses of ours are absolute: {address}");
    format!("{}{address}", &base[..path_at])
}
