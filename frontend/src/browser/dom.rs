//! An element of the page as the browser has it.

use leptos::prelude::*;
use leptos::tachys::renderer::Rndr;
use leptos::tachys::view::Mountable;
use wasm_bindgen::JsCast;
use web_sys::{Element as DomElement, Node as DomNode};

use super::events::Listener;
use crate::element::{Content, Element, Reaction, Value};

const SVG: &str = "http://www.w3.org/2000/svg";

/// An element of the document, with what was given to it.
pub(crate) struct Node {
    tag: &'static str,
    name: Option<String>,
    element: DomElement,
    fixed: Vec<(&'static str, String)>,
    inside: Inside,
    // Both are undone when they are dropped.
    effects: Vec<RenderEffect<()>>,
    listeners: Vec<Listener>,
}

/// What stands inside.
enum Inside {
    Nothing,
    Nodes(Vec<Node>),
    Text(String),
    /// A text that an effect writes.
    LiveText,
    Drawing(String),
}

impl Node {
    fn new(like: &Element, element: DomElement) -> Self {
        Self {
            tag: like.tag,
            name: like.name().map(str::to_owned),
            element,
            fixed: Vec::new(),
            inside: Inside::Nothing,
            effects: Vec::new(),
            listeners: Vec::new(),
        }
    }

    /// Makes a new one.
    pub(crate) fn build(like: Element) -> Self {
        let namespace = matches!(like.tag, "svg" | "circle").then_some(SVG);
        let mut node = Self::new(&like, Rndr::create_element(like.tag, namespace));
        node.become_like(like);
        node
    }

    /// Takes over what the server rendered. Where it is not what it should be, because something on
    /// its way here changed it, it is made anew.
    pub(crate) fn take_over(like: Element, found: DomNode) -> Self {
        let element: DomElement = found.unchecked_into();
        if element.local_name() != like.tag {
            let mut node = Self::build(like);
            node.replace(&element);
            return node;
        }
        let mut node = Self::new(&like, element);
        node.inside = match &like.content {
            Content::Elements(_) => Inside::Nothing,
            Content::Text(Value::Fixed(text)) => Inside::Text(text.clone()),
            Content::Text(Value::Live(..)) => Inside::LiveText,
            Content::Drawing(svg) => Inside::Drawing(svg.clone()),
        };
        for (name, value) in &like.attributes {
            if let Value::Fixed(value) = value {
                node.fixed.push((name, value.clone()));
            }
        }
        if let Content::Elements(children) = &like.content {
            let count = u32::try_from(children.len()).unwrap_or(u32::MAX);
            if node.element.child_element_count() != count {
                node.element.set_inner_html("");
            }
        }
        node.become_like(like);
        node
    }

    /// Changes into another of its kind, touching only what differs: what somebody is typing, reading
    /// or focusing stays as it is.
    pub(crate) fn become_like(&mut self, like: Element) {
        if self.tag != like.tag || self.name.as_deref() != like.name() {
            let old = std::mem::replace(self, Self::build(like));
            self.replace(&old.element);
            return;
        }
        self.effects.clear();
        self.listeners.clear();
        self.give(like.attributes);
        for reaction in like.reactions {
            self.react(reaction);
        }
        match like.content {
            Content::Elements(elements) => self.fill(elements),
            Content::Text(Value::Fixed(text)) => self.write(text),
            Content::Text(Value::Live(signal, text)) => {
                self.inside = Inside::LiveText;
                let element = self.element.clone();
                self.effects.push(RenderEffect::new(move |_| {
                    let text = signal.with(&text).unwrap_or_default();
                    if element.text_content().as_deref() != Some(&text) {
                        element.set_text_content(Some(&text));
                    }
                }));
            }
            Content::Drawing(svg) => self.draw(svg),
        }
    }

    fn give(&mut self, attributes: Vec<(&'static str, Value)>) {
        let mut before = std::mem::take(&mut self.fixed);
        for (name, value) in attributes {
            let known = before.iter().position(|(known, _)| *known == name);
            let known = known.map(|at| before.swap_remove(at).1);
            match value {
                Value::Fixed(value) => {
                    if known.as_ref() != Some(&value) {
                        Rndr::set_attribute(&self.element, name, &value);
                    }
                    self.fixed.push((name, value));
                }
                Value::Live(signal, value) => {
                    let element = self.element.clone();
                    self.effects.push(RenderEffect::new(move |_| match signal.with(&value) {
                        Some(value) => Rndr::set_attribute(&element, name, &value),
                        // What somebody has opened stays open.
                        None if name == "open" => {}
                        None => Rndr::remove_attribute(&element, name),
                    }));
                }
            }
        }
        for (name, _) in before {
            Rndr::remove_attribute(&self.element, name);
        }
    }

    fn react(&mut self, reaction: Reaction) {
        let Reaction { event, instead, scene, msg } = reaction;
        let tell = move |event: web_sys::Event| {
            if instead {
                event.prevent_default();
            }
            let input = event.target().and_then(|target| target.dyn_into().ok());
            let value = input.map(|input: web_sys::HtmlInputElement| input.value());
            scene.tell(msg(value.unwrap_or_default()));
        };
        self.listeners.push(Listener::new(&self.element, event, Box::new(tell)));
    }

    fn fill(&mut self, elements: Vec<Element>) {
        let mut nodes = match std::mem::replace(&mut self.inside, Inside::Nothing) {
            Inside::Nodes(nodes) => nodes,
            Inside::Nothing => Vec::new(),
            Inside::Text(_) | Inside::LiveText | Inside::Drawing(_) => {
                self.element.set_inner_html("");
                Vec::new()
            }
        };
        // What the server rendered and nobody has taken over yet.
        let mut found = nodes.is_empty().then(|| self.element.first_element_child()).flatten();
        let surplus = nodes.split_off(nodes.len().min(elements.len()));
        for node in surplus {
            node.element.remove();
        }
        for (place, element) in elements.into_iter().enumerate() {
            if let Some(node) = nodes.get_mut(place) {
                node.become_like(element);
            } else if let Some(child) = found.take() {
                found = child.next_element_sibling();
                nodes.push(Self::take_over(element, child.into()));
            } else {
                let mut node = Self::build(element);
                node.mount(&self.element, None);
                nodes.push(node);
            }
        }
        self.inside = Inside::Nodes(nodes);
    }

    fn write(&mut self, text: String) {
        if !matches!(&self.inside, Inside::Text(known) if *known == text) {
            self.element.set_text_content(Some(&text));
        }
        self.inside = Inside::Text(text);
    }

    fn draw(&mut self, svg: String) {
        if !matches!(&self.inside, Inside::Drawing(known) if *known == svg) {
            self.element.set_inner_html(&svg);
        }
        self.inside = Inside::Drawing(svg);
    }

    fn replace(&mut self, old: &DomElement) {
        if let Some(parent) = old.parent_element() {
            self.mount(&parent, Some(old));
        }
        old.remove();
    }
}

impl Mountable for Node {
    fn unmount(&mut self) {
        self.element.remove();
    }

    fn mount(&mut self, parent: &DomElement, marker: Option<&DomNode>) {
        Rndr::insert_node(parent, &self.element, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let Some(parent) = self.element.parent_element() else { return false };
        child.mount(&parent, Some(&self.element));
        true
    }

    fn elements(&self) -> Vec<DomElement> {
        vec![self.element.clone()]
    }
}
