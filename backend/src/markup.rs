//! Markdown, as far as people may use it: bold, italic, lists, code, quotations, and links to the web and to
//! mail. A kept parser reads it; whatever isn't one of these is text, exactly as it was typed.

use frontdesk_contract::markup::{DEPTH_MAX, Href, NODES_MAX, Node, NodeKind};
use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag};

/// What a web address begins with where somebody just typed it.
const WEB: [&str; 2] = ["https://", "http://"];
/// What ends a sentence rather than an address.
const AFTER: [char; 16] = ['.', ',', ';', ':', '!', '?', '\'', '"', '»', '”', '’', ')', ']', '}', '*', '_'];

/// The tree of a text; empty where plain lines say all of it, or where it would be too deep or too large.
pub fn read(text: &str) -> Vec<Node> {
    let prepared = prepared(text);
    let parser = Parser::new_ext(&prepared, Options::empty());
    // A definition of a link is shown nowhere, and nothing that was typed may be lost.
    if parser.reference_definitions().iter().next().is_some() {
        return Vec::new();
    }
    let mut builder = Builder { source: &prepared, open: Vec::new(), done: Vec::new(), count: 0 };
    let mut skipped = 0_usize;
    let mut is_address = false;
    for (event, range) in parser.into_offset_iter() {
        let taken = match event {
            // What stands as it was typed, with all that is inside.
            Event::End(_) if skipped > 0 => {
                skipped -= 1;
                Some(())
            }
            Event::Start(_) if skipped > 0 => {
                skipped += 1;
                Some(())
            }
            _ if skipped > 0 => Some(()),
            Event::Start(tag) => {
                let is_inside = matches!(tag, Tag::Link { .. } | Tag::Image { .. });
                is_address = matches!(tag, Tag::Link { link_type: LinkType::Autolink | LinkType::Email, .. });
                match opened(tag) {
                    Some(node) => builder.open(node),
                    None => {
                        skipped = 1;
                        if is_inside { builder.raw(range) } else { builder.raw_block(range) }
                    }
                }
            }
            Event::End(_) => {
                is_address = false;
                builder.close()
            }
            // Addresses between angle brackets are read as they stand.
            Event::Text(words) if is_address => builder.text(&unprepared(&words)),
            Event::Text(words) => builder.text(&words),
            Event::Code(words) => builder.push(Node::saying(NodeKind::Code, unprepared(&words))),
            Event::SoftBreak | Event::HardBreak => builder.push(Node::of(NodeKind::Break, Vec::new())),
            Event::Rule => builder.raw_block(range),
            _ => builder.raw(range),
        };
        if taken.is_none() {
            return Vec::new();
        }
    }
    let mut nodes = builder.done;
    if !link_all(&mut nodes, builder.count) || nodes.iter().all(is_plain) {
        return Vec::new();
    }
    nodes
}

/// What begins with a tag; none where it isn't one of those that may be used.
fn opened(tag: Tag<'_>) -> Option<Node> {
    let of = |kind| Some(Node::of(kind, Vec::new()));
    match tag {
        Tag::Paragraph => of(NodeKind::Paragraph),
        Tag::Strong => of(NodeKind::Strong),
        Tag::Emphasis => of(NodeKind::Emphasis),
        Tag::BlockQuote(_) => of(NodeKind::Quote),
        Tag::CodeBlock(_) => of(NodeKind::Pre),
        Tag::Item => of(NodeKind::Item),
        Tag::List(None) => of(NodeKind::Bullets),
        Tag::List(Some(start)) => {
            let start = u32::try_from(start).ok()?;
            Some(Node { start: (start != 1).then_some(start), ..Node::of(NodeKind::Numbers, Vec::new()) })
        }
        Tag::Link { link_type, dest_url, title, .. } if title.is_empty() => {
            let href = address(link_type, &dest_url).parse().ok()?;
            Some(Node { href: Some(href), ..Node::of(NodeKind::Link, Vec::new()) })
        }
        _ => None,
    }
}

fn address(kind: LinkType, found: &CowStr<'_>) -> String {
    match kind {
        LinkType::Email => format!("mailto:{}", unprepared(found)),
        LinkType::Autolink => unprepared(found),
        _ => found.to_string(),
    }
}

/// Builds the tree. Its methods give nothing once the tree is too deep or too large.
struct Builder<'a> {
    source: &'a str,
    open: Vec<Node>,
    done: Vec<Node>,
    count: usize,
}

impl Builder<'_> {
    fn open(&mut self, node: Node) -> Option<()> {
        self.open.push(node);
        // An address among the innermost words becomes a link with words in it.
        (self.open.len() + 2 <= DEPTH_MAX).then_some(())
    }

    fn close(&mut self) -> Option<()> {
        let mut node = self.open.pop()?;
        if node.kind == NodeKind::Pre {
            // The lines come one by one.
            let lines: String = node.children.drain(..).map(|line| line.text).collect();
            node.text = unprepared(lines.strip_suffix('\n').unwrap_or(&lines));
        }
        self.push(node)
    }

    fn push(&mut self, node: Node) -> Option<()> {
        self.count += 1;
        self.siblings().push(node);
        (self.count < NODES_MAX).then_some(())
    }

    fn text(&mut self, words: &str) -> Option<()> {
        if let Some(last) = self.siblings().last_mut().filter(|last| last.kind == NodeKind::Text) {
            last.text.push_str(words);
            return Some(());
        }
        self.push(Node::saying(NodeKind::Text, words))
    }

    /// What stands there as it was typed, among other words.
    fn raw(&mut self, range: std::ops::Range<usize>) -> Option<()> {
        let typed = unprepared(self.source.get(range).unwrap_or_default());
        for (index, line) in typed.lines().enumerate() {
            if index > 0 {
                self.push(Node::of(NodeKind::Break, Vec::new()))?;
            }
            self.text(line)?;
        }
        Some(())
    }

    /// The same as a paragraph of its own.
    fn raw_block(&mut self, range: std::ops::Range<usize>) -> Option<()> {
        self.open(Node::of(NodeKind::Paragraph, Vec::new()))?;
        let end = self.source.get(range.clone()).map_or(0, |typed| typed.trim_end().len());
        self.raw(range.start..range.start + end)?;
        self.close()
    }

    fn siblings(&mut self) -> &mut Vec<Node> {
        self.open.last_mut().map_or(&mut self.done, |open| &mut open.children)
    }
}

fn is_plain(node: &Node) -> bool {
    let is_line = |node: &Node| matches!(node.kind, NodeKind::Text | NodeKind::Break);
    is_line(node) || (node.kind == NodeKind::Paragraph && node.children.iter().all(is_line))
}

/// Links the addresses that stand in the words; false where the tree becomes too large by it.
fn link_all(nodes: &mut Vec<Node>, count: usize) -> bool {
    let mut count = count;
    let mut linked = Vec::with_capacity(nodes.len());
    if !link_level(std::mem::take(nodes), &mut linked, &mut count) {
        return false;
    }
    *nodes = linked;
    true
}

fn link_level(nodes: Vec<Node>, linked: &mut Vec<Node>, count: &mut usize) -> bool {
    for mut node in nodes {
        match node.kind {
            NodeKind::Text => link_words(&node.text, linked, count),
            NodeKind::Link | NodeKind::Code | NodeKind::Pre | NodeKind::Break => linked.push(node),
            _ => {
                let mut children = Vec::with_capacity(node.children.len());
                if !link_level(std::mem::take(&mut node.children), &mut children, count) {
                    return false;
                }
                node.children = children;
                linked.push(node);
            }
        }
    }
    *count < NODES_MAX
}

fn link_words(words: &str, linked: &mut Vec<Node>, count: &mut usize) {
    let mut rest = words;
    let mut before = String::new();
    while let Some(start) = WEB.iter().filter_map(|web| rest.find(web)).min() {
        let (ahead, found) = rest.split_at(start);
        let end = found.find(|sign: char| sign.is_whitespace() || matches!(sign, '<' | '>' | '"' | '|'));
        let mut address = &found[..end.unwrap_or(found.len())];
        while let Some(last) = address.chars().next_back().filter(|last| AFTER.contains(last)) {
            if last == ')' && address.contains('(') {
                break;
            }
            address = &address[..address.len() - last.len_utf8()];
        }
        let is_word = ahead.chars().next_back().is_some_and(char::is_alphanumeric);
        before.push_str(ahead);
        match address.parse::<Href>() {
            Ok(href) if !is_word => {
                if !before.is_empty() {
                    linked.push(Node::saying(NodeKind::Text, std::mem::take(&mut before)));
                }
                let words = vec![Node::saying(NodeKind::Text, address)];
                linked.push(Node { href: Some(href), ..Node::of(NodeKind::Link, words) });
                *count += 3;
                rest = &found[address.len()..];
            }
            Ok(_) | Err(_) => {
                // Not an address: the letters are words, and the search goes on behind them.
                let (letters, behind) = found.split_at("http".len());
                before.push_str(letters);
                rest = behind;
            }
        }
    }
    before.push_str(rest);
    if !before.is_empty() {
        linked.push(Node::saying(NodeKind::Text, before));
    }
}

/// The text with what people mean as letters written so that the parser takes it for letters: entities,
/// backslashes but before a star or a backtick (paths have them), and stars between letters or figures
/// (`2*3*4`).
fn prepared(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut signs = text.chars().peekable();
    let mut before = ' ';
    while let Some(sign) = signs.next() {
        match sign {
            '&' => out.push_str("&amp;"),
            '\\' => match signs.peek() {
                Some('*' | '`') => {
                    out.push('\\');
                    out.extend(signs.next());
                }
                _ => out.push_str("&#92;"),
            },
            '*' => {
                let mut stars = 1;
                while signs.next_if_eq(&'*').is_some() {
                    stars += 1;
                }
                let after = signs.peek().copied().unwrap_or(' ');
                let is_inside = before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric();
                out.push_str(&if is_inside { "&#42;" } else { "*" }.repeat(stars));
            }
            other => out.push(other),
        }
        before = sign;
    }
    out
}

/// The text as it was before [`prepared`], where the parser reads no entities.
fn unprepared(text: &str) -> String {
    text.replace("&#92;", "\\").replace("&#42;", "*").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The tree in few signs, for the eye.
    fn told(nodes: &[Node]) -> String {
        nodes.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    fn one(node: &Node) -> String {
        let inside = told(&node.children);
        match node.kind {
            NodeKind::Text => format!("“{}”", node.text),
            NodeKind::Break => "/".to_owned(),
            NodeKind::Paragraph => format!("p({inside})"),
            NodeKind::Strong => format!("b({inside})"),
            NodeKind::Emphasis => format!("i({inside})"),
            NodeKind::Code => format!("code({})", node.text),
            NodeKind::Pre => format!("pre({})", node.text),
            NodeKind::Quote => format!("quote({inside})"),
            NodeKind::Bullets => format!("ul({inside})"),
            NodeKind::Numbers => format!("ol{}({inside})", node.start.unwrap_or(1)),
            NodeKind::Item => format!("li({inside})"),
            NodeKind::Link => {
                format!("a[{}]({inside})", node.href.as_ref().map(Href::as_str).unwrap_or_default())
            }
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(told(&read(text)), expected, "{text:?}");
    }

    #[test]
    fn what_may_be_used_is_read() {
        check("It is **bold** and *italic*.", "p(“It is ” b(“bold”) “ and ” i(“italic”) “.”)");
        check("- one\n- two", "ul(li(“one”) li(“two”))");
        check("3. one\n4. two", "ol3(li(“one”) li(“two”))");
        check("Run `a*b` now", "p(“Run ” code(a*b) “ now”)");
        check("```\na & b\\c\n\nd\n```", "pre(a & b\\c\n\nd)");
        check("> Said\n> before\n\nNow", "quote(p(“Said” / “before”)) p(“Now”)");
        check("[here](https://acme.example/a_b)", "p(a[https://acme.example/a_b](“here”))");
        check("<awa@acme.example>", "p(a[mailto:awa@acme.example](“awa@acme.example”))");
    }

    #[test]
    fn addresses_are_linked_as_they_are_typed() {
        check(
            "See https://acme.example/a?b=1&c=2, please (http://x.example).",
            "p(“See ” a[https://acme.example/a?b=1&c=2](“https://acme.example/a?b=1&c=2”) “, please (” \
             a[http://x.example](“http://x.example”) “).”)",
        );
        check(
            "<https://acme.example/?a=1&b=2>",
            "p(a[https://acme.example/?a=1&b=2](“https://acme.example/?a=1&b=2”))",
        );
        check("xhttps://acme.example and https://", "");
    }

    #[test]
    fn plain_lines_need_no_tree() {
        for text in [
            "",
            "One line",
            "One\ntwo\n\nthree",
            "2*3*4 and {{7*7}} ${7*7}",
            "C:\\temp\\_a \\\\server",
            "R&D &lt;b&gt;",
        ] {
            check(text, "");
        }
    }

    #[test]
    fn what_may_not_be_used_stands_as_it_was_typed() {
        for text in [
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "[x](data:text/html;base64,AAAA)",
            "![x](https://acme.example/x.png)",
            "<javascript:alert(1)>",
            "[x](/requests \"title\")",
            "# Heading",
            "Thanks\n---",
            "***\n\n---",
            "[a]: https://acme.example",
            "| a | b |\n|---|---|",
        ] {
            let tree = read(text);
            let shown = if tree.is_empty() { text.to_owned() } else { words(&tree) };
            assert!(!shown.is_empty() && letters(&shown) == letters(text), "{text:?} became {tree:?}");
            assert!(!told(&tree).contains("javascript:alert(1)]"), "{tree:?}");
        }
        check("# A\n\n**b**", "p(“# A”) p(b(“b”))");
        check("**b** <i>x</i>", "p(b(“b”) “ <i>x</i>”)");
        check("**b**\n\nThanks\n---", "p(b(“b”)) p(“Thanks” / “---”)");
        check("- a <i>x</i> ![y](z)", "ul(li(“a <i>x</i> ![y](z)”))");
    }

    #[test]
    fn what_is_too_deep_or_too_large_stands_as_it_was_typed() {
        check(&format!("{} deep", ">".repeat(200)), "");
        check(&"*a* ".repeat(NODES_MAX), "");
        check(&"- ".repeat(5_000), "");
        let open = "*".repeat(20_000);
        let _ = read(&open);
        let _ = read(&"[".repeat(20_000));
        let _ = read(&"`a".repeat(10_000));
    }

    /// Everything that is read, in its order; of a link its address after its words, unless they are the same.
    fn words(nodes: &[Node]) -> String {
        let mut all = String::new();
        for node in nodes {
            let inside = words(&node.children);
            all.push_str(&node.text);
            all.push_str(&inside);
            if let Some(href) = node.href.as_ref().map(Href::as_str)
                && href != inside.trim()
                && href != format!("mailto:{}", inside.trim())
            {
                all.push_str(href);
            }
            all.push(' ');
        }
        all
    }

    fn letters(text: &str) -> String {
        text.chars().filter(|sign| sign.is_alphabetic()).collect()
    }

    /// Checks that a tree is one that may be shown.
    fn is_allowed(nodes: &[Node], depth: usize, count: &mut usize) {
        assert!(depth <= DEPTH_MAX, "too deep");
        for node in nodes {
            *count += 1;
            let says = matches!(node.kind, NodeKind::Text | NodeKind::Code | NodeKind::Pre);
            assert!(says || node.text.is_empty(), "{node:?}");
            assert!(!says || node.children.is_empty(), "{node:?}");
            assert_eq!(node.kind == NodeKind::Link, node.href.is_some(), "{node:?}");
            if let Some(href) = &node.href {
                assert!(href.as_str().parse::<Href>().is_ok(), "{href}");
            }
            is_allowed(&node.children, depth + 1, count);
        }
    }

    fn hostile() -> impl Strategy<Value = String> {
        let fragment = prop_oneof![
            any::<String>(),
            "[a-z ]{1,8}",
            proptest::sample::select(vec![
                "**",
                "*",
                "_",
                "__",
                "`",
                "\n",
                "\n\n",
                "> ",
                "- ",
                "1. ",
                "# ",
                "    ",
                "\\",
                "&amp;",
                "&",
                "<b>",
                "</b>",
                "<script>",
                "<!--",
                "[",
                "](",
                ")",
                "!",
                "https://a.example",
                "javascript:",
                "mailto:a@b",
                "<https://b.example>",
                "\t",
                "---",
                "|",
                "~~~",
                "<a href=x>",
                "\u{202e}",
                "\u{0}",
            ])
            .prop_map(str::to_owned),
        ];
        proptest::collection::vec(fragment, 0..40).prop_map(|parts| parts.concat())
    }

    /// What hides no letter: no fences, whose first line names a language, and no address said twice.
    fn harmless() -> impl Strategy<Value = String> {
        let fragment = proptest::sample::select(vec![
            "**",
            "*",
            "_",
            " `ab` ",
            "\n",
            "\n\n",
            "> ",
            "- ",
            "# ",
            "\\",
            "&amp;",
            "&lt;",
            "<b>",
            "</i>",
            "[",
            "](https://b.example)",
            "](javascript:x)",
            "!",
            " https://a.example ",
            " abc ",
            "de",
            "f ",
        ]);
        proptest::collection::vec(fragment, 0..30).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn no_text_makes_more_than_may_be_shown(text in hostile()) {
            let tree = read(&text);
            let mut count = 0;
            is_allowed(&tree, 1, &mut count);
            prop_assert!(count <= NODES_MAX + 3, "{count} nodes");
            let json = serde_json::to_string(&tree).expect("json");
            prop_assert_eq!(serde_json::from_str::<Vec<Node>>(&json).expect("a tree"), tree);
        }

        #[test]
        fn no_letter_is_lost(text in harmless()) {
            let tree = read(&text);
            if !tree.is_empty() {
                prop_assert_eq!(letters(&words(&tree)), letters(&text));
            }
        }
    }
}
