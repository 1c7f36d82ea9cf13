//! The page as one component, and the loop that runs it in the browser.

#![expect(unreachable_pub, reason = "the component macro writes `pub` for the props of a part")]

use leptos::prelude::*;

use crate::element::{Element, el};
use crate::page::Page;
use crate::parts::{connection, footer, order, rescue, shop};
use crate::scene::{Scene, Words};
use crate::screens::screen;
#[cfg(feature = "ssr")]
use crate::screens::{asked, unlink};
#[cfg(not(feature = "hydrate"))]
use crate::stage::Msg;
use crate::stage::{Model, Shown, Stage};

/// The page.
#[component]
pub(crate) fn App(
    /// What it is rendered from.
    page: Page,
) -> impl IntoView {
    let model = Model::new(&page);
    let (shown, live) = (model.shown.clone(), model.live.clone());
    let (shown, live) = (RwSignal::new(shown), RwSignal::new(live));
    let model = StoredValue::new(model);
    let page = StoredValue::new(page);
    #[cfg(feature = "hydrate")]
    let tell = run::Play { page, model, shown, live }.start();
    #[cfg(not(feature = "hydrate"))]
    // The server renders what is; nothing happens there.
    let (_, tell) = (model, Callback::new(drop::<Msg>));
    let scene = Scene { page, live: live.read_only(), tell };
    move || {
        let shown = shown.read();
        let words = Words::about(&shown.view, page.with_value(|page| page.locale));
        let over = matches!(shown.stage, Stage::Finished(_));
        #[cfg(feature = "ssr")]
        if let Some(question) =
            page.with_value(|page| asked(page).map(|link| unlink(&words, page, link)))
        {
            return layout(scene, &words, &shown, true, question);
        }
        layout(scene, &words, &shown, over, screen(scene, &words, &shown))
    }
}

/// The shop above, the order beside, what to do in the middle, help below. Where there is only one
/// thing to look at, no order.
fn layout(scene: Scene, words: &Words, shown: &Shown, over: bool, screen: Element) -> Element {
    let stage = el("main")
        .class("stage")
        .child(connection(scene, words))
        .child((!over).then(|| rescue(scene, words)).flatten())
        .child(screen);
    el("div")
        .class("checkout")
        .flag("data-over", over)
        .child(shop(&shown.view.merchant.name))
        .child((!over).then(|| order(words, &shown.view)))
        .child(stage)
        .child(footer(scene, words))
}

#[cfg(feature = "hydrate")]
pub(crate) use run::take_over;

#[cfg(feature = "hydrate")]
mod run {
    use gloo_net::http::Method;
    use kasir_shared::NextAction;
    use leptos::mount::hydrate_from;
    use leptos::prelude::*;
    use leptos::task::spawn_local;

    use super::App;
    use crate::api::Question;
    use crate::page::Page;
    use crate::stage::{Effect, Live, Model, Msg, Shown, update};
    use crate::{api, browser};

    /// Takes over the page that the server rendered. A page that cannot be read stays as it is.
    pub(crate) fn take_over() {
        let Some((root, page)) = browser::rendered_page() else { return };
        hydrate_from(root, move || view! { <App page /> }).forget();
    }

    /// The play: the model, and the two signals that show it.
    #[derive(Clone, Copy)]
    pub(super) struct Play {
        pub(super) page: StoredValue<Page>,
        pub(super) model: StoredValue<Model>,
        pub(super) shown: RwSignal<Shown>,
        pub(super) live: RwSignal<Live>,
    }

    impl Play {
        /// Attends to the browser from now on; screens tell what happens by what this returns.
        pub(super) fn start(self) -> Callback<Msg> {
            let tell = Callback::new(move |msg| self.tell(msg));
            browser::attend(self.page, tell);
            tell
        }

        /// Lets one thing happen, shows what changed, and does what follows from it.
        fn tell(self, msg: Msg) {
            let now = browser::now();
            let Some((effects, shown, live, alarm)) = self.model.try_update_value(|model| {
                let (was_shown, was_live) = (model.shown.clone(), model.live.clone());
                let effects = update(model, msg, now);
                let shown = (model.shown != was_shown).then(|| model.shown.clone());
                let live = (model.live != was_live).then(|| model.live.clone());
                (effects, shown, live, model.alarm(now))
            }) else {
                return;
            };
            if let Some(live) = live {
                self.live.set(live);
            }
            if let Some(shown) = shown {
                self.shown.set(shown);
            }
            let ring = move || self.tell(Msg::Rang);
            browser::set_alarm(alarm.map(|at| at.saturating_sub(now)), ring);
            for effect in effects {
                self.perform(effect);
            }
        }

        fn perform(self, effect: Effect) {
            let Self { page, model, .. } = self;
            match effect {
                Effect::Read => self.tell(Msg::Confirmed(browser::read_form().start())),
                Effect::ReadLink => self.tell(Msg::ConfirmedLink(browser::read_form().link())),
                Effect::Start(start) => {
                    self.ask(Question::post("/attempts", browser::start_to_json(&start)), false);
                }
                Effect::Link(link) => {
                    self.ask(Question::post("/links", browser::link_to_json(&link)), false);
                }
                Effect::Cancel(attempt) => {
                    let path = ["/attempts/", attempt.as_str(), "/cancel"];
                    self.ask(Question::new(Method::POST, &path), false);
                }
                Effect::Unlink(link) => {
                    self.ask(Question::new(Method::DELETE, &["/links/", link.as_str()]), false);
                }
                Effect::Look => self.ask(Question::new(Method::GET, &[]), true),
                Effect::AskBalance(wallet, link) => spawn_local(async move {
                    let balance = api::balance(&page.get_value(), &link).await;
                    self.tell(Msg::Balance(wallet, balance));
                }),
                Effect::Listen => browser::listen(),
                Effect::Leave => self.leave(),
                Effect::AskToLeave => {
                    page.with_value(|page| browser::ask_to_leave(&page.whole_path("&leave=1")));
                }
                Effect::Tell => model.with_value(|model| browser::tell_status(&model.shown.view)),
                Effect::TellProblem(code) => browser::tell_problem(code),
                Effect::Copy(what, text) => {
                    browser::copy(text, move || self.tell(Msg::Copied(what)));
                }
                Effect::FocusHeading => browser::focus("h1"),
                Effect::FocusWrong => {
                    browser::focus("[aria-invalid=true],[role=alert]:not(:empty)");
                }
                Effect::Reload => browser::reload(),
            }
        }

        /// Asks the server for the view, and says [`Msg::Looked`] or [`Msg::Answered`].
        fn ask(self, question: Question, look: bool) {
            spawn_local(async move {
                let answer = api::ask(&self.page.get_value(), question).await.map(Box::new);
                self.tell(if look { Msg::Looked(answer) } else { Msg::Answered(answer) });
            });
        }

        fn leave(self) {
            let page = self.page.get_value();
            self.model.with_value(|model| match &model.shown.view.next_action {
                Some(NextAction::Redirect { url }) => browser::leave_for(&page, url),
                Some(NextAction::Submit(_)) => browser::submit_away(&page),
                Some(
                    NextAction::OpenApp { .. }
                    | NextAction::ApprovePush { .. }
                    | NextAction::PayCode { .. }
                    | NextAction::Link { .. }
                    | NextAction::Wait,
                )
                | None => {}
            });
        }
    }
}
