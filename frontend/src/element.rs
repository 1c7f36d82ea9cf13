//! What screens are built of: one type for every element.
//!
//! Leptos compiles a type, and the code to build, hydrate and update it, for each shape of markup.
//! For this page that came to 180 KB compressed, which is too much for a phone's prepaid data. Here
//! an element is a value, so all that code exists once; a component is a function that returns one.
//! Leptos runs it as any other view: it renders and hydrates it, and its signals change it.

use leptos::prelude::*;
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::{Position, PositionState};

use crate::scene::Scene;
use crate::stage::{Live, Msg};

/// An element of the page.
pub(crate) struct Element {
    pub(crate) tag: &'static str,
    pub(crate) attributes: Vec<(&'static str, Value)>,
    pub(crate) reactions: Vec<Reaction>,
    pub(crate) content: Content,
}

/// A text: of an attribute, or between tags.
pub(crate) enum Value {
    /// It stays while the element does.
    Fixed(String),
    /// It follows what changes on the screen; `None` takes the attribute away.
    Live(ReadSignal<Live>, Follow),
}

/// What a text is, by what changes on the screen.
pub(crate) type Follow = Box<dyn Fn(&Live) -> Option<String> + Send>;

/// What stands inside an element.
pub(crate) enum Content {
    /// Other elements.
    Elements(Vec<Element>),
    /// A text.
    Text(Value),
    /// Markup of our own making, never of anybody else's: a drawing.
    Drawing(String),
}

/// What is told when something happens to an element.
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "nothing happens on the server"))]
pub(crate) struct Reaction {
    pub(crate) event: &'static str,
    /// Instead of what the browser would do.
    pub(crate) instead: bool,
    pub(crate) scene: Scene,
    /// What is told; it is given the element's value, where it has one.
    pub(crate) msg: Box<dyn Fn(String) -> Msg + Send>,
}

/// An element without anything in it.
pub(crate) fn el(tag: &'static str) -> Element {
    Element {
        tag,
        attributes: Vec::new(),
        reactions: Vec::new(),
        content: Content::Elements(Vec::new()),
    }
}

impl Element {
    /// With an attribute.
    pub(crate) fn set(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, Value::Fixed(value.into())));
        self
    }

    /// With an attribute that has no value, or without it.
    pub(crate) fn flag(self, name: &'static str, is: bool) -> Self {
        if is { self.set(name, "") } else { self }
    }

    /// With an attribute that follows what changes on the screen.
    pub(crate) fn live(
        mut self,
        name: &'static str,
        scene: Scene,
        value: impl Fn(&Live) -> Option<String> + Send + 'static,
    ) -> Self {
        self.attributes.push((name, Value::Live(scene.live, Box::new(value))));
        self
    }

    /// With a class.
    pub(crate) fn class(self, class: &'static str) -> Self {
        self.set("class", class)
    }

    /// With the name that tests find it by.
    pub(crate) fn test_id(self, id: impl Into<String>) -> Self {
        self.set("data-testid", id)
    }

    /// With a text inside.
    pub(crate) fn text(mut self, text: impl Into<String>) -> Self {
        self.content = Content::Text(Value::Fixed(text.into()));
        self
    }

    /// With a text inside that follows what changes on the screen.
    pub(crate) fn live_text(
        mut self,
        scene: Scene,
        text: impl Fn(&Live) -> String + Send + 'static,
    ) -> Self {
        let text = Box::new(move |live: &Live| Some(text(live)));
        self.content = Content::Text(Value::Live(scene.live, text));
        self
    }

    /// With a drawing inside: markup of our own making.
    pub(crate) fn drawing(mut self, svg: impl Into<String>) -> Self {
        self.content = Content::Drawing(svg.into());
        self
    }

    /// With another element inside, after those that are there, or with none.
    pub(crate) fn child(self, child: impl Into<Option<Element>>) -> Self {
        self.children(child.into())
    }

    /// With other elements inside, after those that are there.
    pub(crate) fn children(mut self, more: impl IntoIterator<Item = Element>) -> Self {
        if let Content::Elements(children) = &mut self.content {
            children.extend(more);
        }
        self
    }

    /// Tells something when an event happens to it; the browser does what it always does, too.
    pub(crate) fn on(
        mut self,
        event: &'static str,
        scene: Scene,
        msg: impl Fn(String) -> Msg + Send + 'static,
    ) -> Self {
        self.reactions.push(Reaction { event, instead: false, scene, msg: Box::new(msg) });
        self
    }

    /// Tells something when an event happens to it, instead of what the browser would do.
    pub(crate) fn instead(
        mut self,
        event: &'static str,
        scene: Scene,
        msg: impl Fn(String) -> Msg + Send + 'static,
    ) -> Self {
        self.reactions.push(Reaction { event, instead: true, scene, msg: Box::new(msg) });
        self
    }

    /// Elements with different names are different things: one never turns into the other.
    #[cfg(feature = "hydrate")]
    pub(crate) fn name(&self) -> Option<&str> {
        self.attributes.iter().find_map(|(name, value)| match value {
            Value::Fixed(value) if *name == "data-testid" => Some(value.as_str()),
            Value::Fixed(_) | Value::Live(..) => None,
        })
    }
}

impl Value {
    /// The text as it is now.
    #[cfg(feature = "ssr")]
    fn now(&self) -> Option<String> {
        match self {
            Self::Fixed(text) => Some(text.clone()),
            Self::Live(live, text) => live.with_untracked(text),
        }
    }
}

/// Elements that have nothing inside, and no closing tag.
#[cfg(feature = "ssr")]
const VOID: [&str; 4] = ["img", "input", "link", "meta"];

#[cfg(feature = "ssr")]
impl Element {
    /// Writes it as HTML.
    pub(crate) fn write(&self, html: &mut String) {
        html.extend(["<", self.tag]);
        for (name, value) in &self.attributes {
            if let Some(value) = value.now() {
                html.extend([" ", name, "=\"", &escape(&value), "\""]);
            }
        }
        html.push('>');
        match &self.content {
            Content::Elements(children) => children.iter().for_each(|child| child.write(html)),
            Content::Text(text) => html.push_str(&escape(&text.now().unwrap_or_default())),
            Content::Drawing(svg) => html.push_str(svg),
        }
        if !VOID.contains(&self.tag) {
            html.extend(["</", self.tag, ">"]);
        }
    }
}

/// Text that means only itself in HTML, between tags and in attributes.
#[cfg(feature = "ssr")]
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

impl Render for Element {
    #[cfg(feature = "hydrate")]
    type State = crate::browser::dom::Node;
    #[cfg(not(feature = "hydrate"))]
    type State = ();

    #[cfg(feature = "hydrate")]
    fn build(self) -> Self::State {
        Self::State::build(self)
    }

    #[cfg(feature = "hydrate")]
    fn rebuild(self, state: &mut Self::State) {
        state.become_like(self);
    }

    #[cfg(not(feature = "hydrate"))]
    fn build(self) -> Self::State {}

    #[cfg(not(feature = "hydrate"))]
    fn rebuild(self, (): &mut Self::State) {}
}

impl RenderHtml for Element {
    type AsyncOutput = Self;
    type Owned = Self;
    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        html: &mut String,
        position: &mut Position,
        _escape: bool,
        _mark_branches: bool,
        _attributes: Vec<AnyAttribute>,
    ) {
        #[cfg(feature = "ssr")]
        self.write(html);
        #[cfg(not(feature = "ssr"))]
        let _ = html;
        *position = Position::NextChild;
    }

    #[cfg(feature = "hydrate")]
    fn hydrate<const FROM_SERVER: bool>(
        self,
        cursor: &Cursor,
        position: &PositionState,
    ) -> Self::State {
        if position.get() == Position::FirstChild {
            cursor.child();
        } else {
            cursor.sibling();
        }
        position.set(Position::NextChild);
        Self::State::take_over(self, cursor.current())
    }

    #[cfg(not(feature = "hydrate"))]
    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Self::State {}

    fn into_owned(self) -> Self {
        self
    }
}

impl AddAnyAttr for Element {
    type Output<A: Attribute> = Self;

    fn add_any_attr<A: Attribute>(self, _attribute: A) -> Self {
        self
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn html(element: &Element) -> String {
        let mut html = String::new();
        element.write(&mut html);
        html
    }

    #[test]
    fn a_text_means_only_itself() {
        let hostile = "\"'><script>alert(1)</script>&amp;";
        let element = el("p").set("title", hostile).text(hostile);
        let escaped = "&quot;'&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;";
        assert_eq!(html(&element), format!("<p title=\"{escaped}\">{escaped}</p>"));
    }

    #[test]
    fn children_stand_in_order_and_the_missing_ones_nowhere() {
        let element = el("ul").child(el("li").text("1")).child(None).children([el("li").text("2")]);
        assert_eq!(html(&element), "<ul><li>1</li><li>2</li></ul>");
        assert_eq!(html(&el("input").flag("disabled", true)), "<input disabled=\"\">");
    }
}
