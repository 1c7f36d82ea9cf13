//! The hosted page.

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, USER_AGENT,
    VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::Response;
use kasir_frontend::{Device, Page, Typed, document, lost_document};
use kasir_shared::{LinkId, Locale, ProblemCode};

use super::extract::Named;
use super::problem::Refusal;
use super::visitor::{asked_locale, browser_locale, explicit_locale, parameter};
use super::{App, checkout, links, view};
use crate::store::SessionWithAttempts;

/// Shows the page as it stands.
pub async fn show(
    State(app): State<App>,
    named: Result<Named<String>, Refusal>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let Named(token) = match named {
        Ok(named) => named,
        Err(refusal) => return lost(&app, &uri, &headers, &refusal),
    };
    match render(&app, &token, &uri, &headers, None).await {
        Ok(response) => response,
        Err(refusal) => lost(&app, &uri, &headers, &refusal),
    }
}

/// Shows the page again, with what was typed and what is wrong with it.
pub async fn again(
    app: &App,
    token: &str,
    uri: &Uri,
    headers: &HeaderMap,
    answer: (Typed, Refusal),
) -> Result<Response, Refusal> {
    render(app, token, uri, headers, Some(answer)).await
}

/// An address that leads nowhere: a page that says so, and looks the same for every such address.
pub fn lost(app: &App, uri: &Uri, headers: &HeaderMap, refusal: &Refusal) -> Response {
    let locale = asked_locale(uri, headers).unwrap_or_default();
    let missing = refusal.code == ProblemCode::NotFound;
    let status = if missing { StatusCode::NOT_FOUND } else { StatusCode::SERVICE_UNAVAILABLE };
    let policy = Policy { ancestors: &[], leaves: false, development: false };
    html(status, lost_document(locale, &app.assets.page), &policy.written())
}

async fn render(
    app: &App,
    token: &str,
    uri: &Uri,
    headers: &HeaderMap,
    answer: Option<(Typed, Refusal)>,
) -> Result<Response, Refusal> {
    let known = checkout::session(app, token).await?;
    let merchant = app.house.merchant_of(&known.session)?;
    let view = view::view(&app.house, &known).await?;
    let locale = locale(&known, uri, headers);
    let status = answer.as_ref().map_or(StatusCode::OK, |(_, refusal)| {
        StatusCode::from_u16(refusal.code.status()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY)
    });
    let flag = |name: &str| parameter(uri, name).is_some_and(|value| value == "1");
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let policy = Policy {
        ancestors: if flag("embed") { &merchant.origins } else { &[] },
        leaves: view.status.is_open(),
        development: app.house.development,
    };
    let policy = policy.written();
    let unlink = parameter(uri, "unlink").and_then(|id| id.parse::<LinkId>().ok());
    let unlink = unlink.filter(|id| view.links.iter().any(|link| link.id == *id));
    let balances = if flag("balances") && view.status.is_open() {
        links::purses(app, &known, &view).await
    } else {
        Vec::new()
    };
    let (typed, refusal) = answer.unzip();
    let page = Page {
        token: token.to_owned(),
        view,
        locale,
        embed: flag("embed"),
        leave: flag("leave"),
        choose: flag("choose"),
        device: Device::from_user_agent(agent),
        typed: typed.unwrap_or_default(),
        problem: refusal.map(|refusal| refusal.problem(locale)),
        unlink,
        balances,
        parents: merchant.origins.clone(),
    };
    Ok(html(status, document(&page, &app.assets.page), &policy))
}

/// The language: asked for in so many words, or the shop's choice, or the browser's, or Indonesian.
fn locale(known: &SessionWithAttempts, uri: &Uri, headers: &HeaderMap) -> Locale {
    explicit_locale(uri)
        .or(known.session.locale)
        .or_else(|| browser_locale(headers))
        .unwrap_or_default()
}

/// What the page may do.
struct Policy<'a> {
    /// Who may frame it.
    ancestors: &'a [String],
    /// It may come to post a form that takes the customer to a provider: the policy stays the one
    /// that the page was loaded with, whatever its script shows later. Browsers follow the policy
    /// through the redirects after that form too, and where those lead is the provider's business;
    /// so any https address is allowed then, and only then.
    leaves: bool,
    /// Providers may be on this machine.
    development: bool,
}

impl Policy<'_> {
    fn written(&self) -> String {
        let forms = match (self.leaves, self.development) {
            (true, true) => "'self' https: http://127.0.0.1:* http://localhost:*",
            (true, false) => "'self' https:",
            (false, _) => "'self'",
        };
        let ancestors = match self.ancestors {
            [] => "'none'".to_owned(),
            origins => origins.join(" "),
        };
        format!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
             img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action {forms}; \
             frame-ancestors {ancestors}"
        )
    }
}

fn html(status: StatusCode, document: String, policy: &str) -> Response {
    let mut response = Response::new(Body::from(document));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let fixed: [(HeaderName, &'static str); 6] = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        // Kept by nobody but the browser's own history, where it is asked anew: not "no-store",
        // which would keep it out of the back/forward cache.
        (CACHE_CONTROL, "private, no-cache"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (VARY, "accept-language, user-agent"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}
