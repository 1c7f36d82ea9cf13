//! The panel: three lanes, what was said between them, buttons to make trouble, and the phone.

use super::line::{Line, Party};
use crate::shop::catalogue::RANI;
use crate::shop::html::Text;
use crate::shop::order::Order;
use crate::shop::words::{Lang, Words};

/// The world behind the shop, as far as the panel shows it.
#[derive(Clone, Copy)]
pub(super) struct Stage<'a> {
    pub(super) sim_url: &'a str,
    /// Whether Winpay is up, where it serves the shop.
    pub(super) winpay_up: Option<bool>,
}

/// The panel beside a page of the shop. The script fills it; without script it leads to a page.
pub(super) fn beside(stage: &Stage<'_>, order: Option<&Order>, lang: Lang) -> String {
    let words = lang.words();
    let query = order.map(|order| format!("?order={}", Text(&order.id))).unwrap_or_default();
    format!(
        r#"<aside class="behind" id="behind" aria-label="{behind}">
<details class="behind__fold" open>
<summary class="behind__title">{behind}</summary>
<div class="behind__body">
{talk}
<p class="behind__more"><a href="/conversation{query}" target="conversation" aria-label="{own_window}" title="{own_window}"><svg viewBox="0 0 20 20" aria-hidden="true"><path class="ink" d="M8 4H5a2 2 0 0 0-2 2v9a2 2 0 0 0 2 2h9a2 2 0 0 0 2-2v-3M12 3h5v5M17 3l-8 8"/></svg></a></p>
{tools}
{phone}
</div>
</details>
</aside>"#,
        behind = words.behind,
        talk = lanes(stage, order, &[], lang),
        own_window = words.own_window,
        tools = tools(stage, words),
        phone = phone(stage.sim_url, words),
    )
}

/// The same as the content of a page of its own.
pub(super) fn alone(
    stage: &Stage<'_>,
    order: Option<&Order>,
    lines: &[Line],
    lang: Lang,
) -> String {
    let words = lang.words();
    format!(
        r#"<div class="alone"><h1 class="out-of-sight">{}</h1><div>{}{}</div>{}</div>"#,
        words.behind,
        lanes(stage, order, lines, lang),
        tools(stage, words),
        phone(stage.sim_url, words),
    )
}

fn lanes(stage: &Stage<'_>, order: Option<&Order>, lines: &[Line], lang: Lang) -> String {
    let words = lang.words();
    let live = match order {
        Some(order) => {
            format!(r#" data-talk="/conversation?order={}&amp;part=1""#, Text(&order.id))
        }
        None => String::new(),
    };
    format!(
        r#"<div class="lanes"><div class="lanes__heads" aria-hidden="true">
<span class="lanes__head" data-party="shop"><svg viewBox="0 0 32 32"><path d="M7 11h15v8a6 6 0 0 1-6 6h-3a6 6 0 0 1-6-6zM22 13h2a3 3 0 0 1 0 7h-2M11 4c-1 2 1 3 0 5m5-5c-1 2 1 3 0 5"/></svg>{shop}</span>
<span class="lanes__head" data-party="kasir"><svg viewBox="0 0 32 32"><path d="M10 7v18M22 7L10 17m4-3l8 11"/></svg>Kasir</span>
<span class="lanes__head" data-party="provider"><svg viewBox="0 0 32 32"><path d="M5 12l11-7l11 7zM8 14v9m5-9v9m6-9v9m5-9v9M5 26h22"/></svg>{providers}</span>
</div><ol class="talk" aria-label="{behind}"{live}>{talk}</ol></div>"#,
        providers = if stage.winpay_up.is_some() { words.providers } else { "NICEPAY" },
        shop = words.the_shop,
        behind = words.behind,
        talk = talk(lines, lang),
    )
}

/// The lines, or before there are any a picture of what will happen.
pub(super) fn talk(lines: &[Line], lang: Lang) -> String {
    if lines.is_empty() {
        return story(lang);
    }
    lines.iter().map(Line::html).collect()
}

fn story(lang: Lang) -> String {
    let words = lang.words();
    let steps = [
        (Party::Shop, Party::Kasir, words.story_session, false),
        (Party::Kasir, Party::Provider, words.story_charge, true),
        (Party::Provider, Party::Kasir, words.story_notice, true),
        (Party::Kasir, Party::Shop, words.story_webhook, true),
    ];
    let rows = steps.into_iter().enumerate().map(|(place, (from, to, label, signed))| {
        let mut line = Line::new(format!("story-{place}"), i64::MAX, from, to);
        label.clone_into(&mut line.label);
        line.seal = signed.then(|| (true, words.signature_good.to_owned()));
        line.html().replacen(r#"class="say""#, r#"class="say" data-story"#, 1)
    });
    rows.collect()
}

/// Winpay, on or off: a press turns it.
fn switch(stage: &Stage<'_>) -> String {
    let Some(up) = stage.winpay_up else { return String::new() };
    let deed = if up { "winpay_down" } else { "winpay_up" };
    format!(
        r#"<button class="tool" role="switch" aria-checked="{up}" name="deed" value="{deed}">Winpay<span class="tool__track"></span></button>
"#
    )
}

fn tools(stage: &Stage<'_>, words: &Words) -> String {
    format!(
        r#"<form class="tools" method="post" action="/conversation/nudge" data-armed="{armed}" data-not-armed="{not_armed}">
<button class="tool" name="deed" value="advance_clock"><svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="7"/><path d="M10 6v4l3 2"/></svg>+ {advance}</button>
<span class="tools__divide" role="separator" aria-label="{trouble}"></span>
<button class="tool" name="deed" value="lost_reply"><svg viewBox="0 0 20 20" aria-hidden="true"><path d="M17 10h-3m-3 0H9M6 10l3-3m-3 3l3 3M3 3l14 14"/></svg>{lost}</button>
<button class="tool" name="deed" value="forged_notification"><svg viewBox="0 0 20 20" aria-hidden="true"><path d="M3 7c3-1 5 0 7 1c2-1 4-2 7-1c0 4-2 7-4 7s-2-2-3-2s-1 2-3 2s-4-3-4-7z"/></svg>{forged}</button>
<button class="tool" name="deed" value="duplicate_notification"><svg viewBox="0 0 20 20" aria-hidden="true"><rect x="3" y="7" width="10" height="10" rx="2"/><path d="M7 7V5a2 2 0 0 1 2-2h6a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2h-2"/></svg>{duplicate}</button>
{switch}<output class="out-of-sight"></output>
</form>"#,
        switch = switch(stage),
        armed = words.armed,
        not_armed = words.not_armed,
        advance = words.advance,
        trouble = words.try_trouble,
        lost = words.lost_reply,
        forged = words.forged,
        duplicate = words.duplicate,
    )
}

fn phone(sim_url: &str, words: &Words) -> String {
    format!(
        r#"<figure class="phone"><div class="phone__body"><span class="phone__ear"></span>
<iframe class="phone__screen" src="{sim}/phone?number={number}" title="{title}" loading="lazy"></iframe></div>
<figcaption class="out-of-sight">{title}</figcaption></figure>"#,
        sim = Text(sim_url),
        number = RANI.phone,
        title = words.phone,
    )
}
