//! Texts that nobody should type, and that somebody will.

/// Each with a word that can be looked for afterwards.
pub fn corpus() -> Vec<String> {
    let mut texts: Vec<String> = [
        "<script>globalThis.owned = 1</script> tag",
        "<img src=x onerror=\"globalThis.owned = 1\"> picture",
        "\"><svg onload=globalThis.owned=1> vector",
        "javascript:globalThis.owned=1 link",
        "[link](javascript:globalThis.owned=1) markdown",
        "{{constructor.constructor('globalThis.owned=1')()}} template",
        "&lt;b&gt; &amp;amp; entity",
        "'; DROP TABLE requests; -- quote",
        "\" OR 1=1 NEAR(* NOT search",
        "C++ ( don't 8f14e45f-ceea-467f-a0e6-1d1ba4f1d2c3",
        "{count} {name} {} placeholder",
        "%s %n %00 ../../etc/passwd path",
        "right \u{202e}to left\u{202c} marks",
        "שלום עליכם مرحبا بالعالم directions",
        "zero\u{200b}width \u{feff}joined \u{200d}letters",
        "👩🏽‍💻 🏳️‍🌈 family 👨‍👩‍👧‍👦 emoji",
        "日本語のテキスト 中文 한국어 scripts",
        "Z̸̛a̷͝l̶̈́g̵͘o̴͠ marks above",
    ]
    .map(str::to_owned)
    .into();
    texts.push(format!("long {}", "wordwithoutanyspace".repeat(9)));
    texts
}

/// A text of 10,000 characters in lines, with an end to be looked for.
pub fn long_body() -> String {
    let line = "All work and no play makes the thread long, très long, とても長い. ";
    let mut text: String = line.chars().cycle().take(9_980).collect();
    text.push_str("the very last words.");
    text
}
