//! Words with their formatting: elements and text, made from the tree of the backend. Nothing is ever parsed here.

use frontdesk_contract::markup::{Href, Node, NodeKind};
use leptos::prelude::*;

/// What was written.
#[component]
pub fn Markup(nodes: Vec<Node>) -> impl IntoView {
    view! {
        <div class="message__body markup" dir="auto">
            {all(nodes)}
        </div>
    }
}

fn all(nodes: Vec<Node>) -> Vec<AnyView> {
    nodes.into_iter().map(one).collect()
}

fn one(node: Node) -> AnyView {
    let Node { kind, text, href, start, children } = node;
    match kind {
        NodeKind::Text => text.into_any(),
        NodeKind::Break => view! { <br/> }.into_any(),
        NodeKind::Paragraph => view! { <p dir="auto">{all(children)}</p> }.into_any(),
        NodeKind::Strong => view! { <strong>{all(children)}</strong> }.into_any(),
        NodeKind::Emphasis => view! { <em>{all(children)}</em> }.into_any(),
        NodeKind::Code => view! { <code dir="ltr">{text}</code> }.into_any(),
        NodeKind::Pre => view! { <pre dir="ltr" tabindex="0"><code>{text}</code></pre> }.into_any(),
        NodeKind::Quote => view! { <blockquote dir="auto">{all(children)}</blockquote> }.into_any(),
        NodeKind::Bullets => view! { <ul>{all(children)}</ul> }.into_any(),
        NodeKind::Numbers => view! { <ol start=start.map(i64::from)>{all(children)}</ol> }.into_any(),
        NodeKind::Item => view! { <li dir="auto">{all(children)}</li> }.into_any(),
        NodeKind::Link => match href {
            Some(href) => link(&href, children),
            None => all(children).into_any(),
        },
    }
}

/// A link to elsewhere: it says where it leads, and tells nobody there where it was.
fn link(href: &Href, children: Vec<Node>) -> AnyView {
    let to = href.to_string();
    view! { <a href=to.clone() title=to rel="external noopener noreferrer nofollow ugc">{all(children)}</a> }
        .into_any()
}
