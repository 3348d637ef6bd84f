//! Words as people compare them: without accents and endings, and without those that say nothing.

/// The shortest word that says something.
const WORD_MIN: usize = 3;
/// From this length on the ending of a plural is taken off.
const STEM_FROM: usize = 5;

/// Words that stand in every text.
const EMPTY_WORDS: [&str; 44] = [
    "the", "and", "for", "our", "not", "are", "was", "with", "since", "this", "that", "from", "have", "has",
    "can", "but", "all", "when", "they", "there", "que", "les", "des", "une", "pas", "est", "qui", "dans",
    "pour", "sur", "nos", "avec", "depuis", "nous", "por", "con", "los", "las", "una", "para", "com", "nao",
    "desde", "del",
];

/// Lower case, and Latin letters without their accents.
pub fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(without_accent).collect()
}

/// The stems of the words that say something, each once, in their order. Scripts without spaces have no
/// words to us: each two letters that follow each other stand for one.
pub fn stems(text: &str) -> Vec<String> {
    let folded = folded(text);
    let mut stems: Vec<String> = Vec::new();
    let mut add = |stem: &str| {
        if !stems.iter().any(|known| known == stem) {
            stems.push(stem.to_owned());
        }
    };
    for word in words(&folded) {
        if word.starts_with(has_no_spaces) {
            pairs(word).filter(|pair| !pair.chars().all(is_hiragana)).for_each(&mut add);
        } else if word.chars().count() >= WORD_MIN && !EMPTY_WORDS.contains(&word) {
            add(stem(word));
        }
    }
    stems
}

/// All words as they stand, also those that say nothing, each once: for whoever typed nothing else.
pub fn all(text: &str) -> Vec<String> {
    let folded = folded(text);
    let mut all: Vec<String> = words(&folded).map(str::to_owned).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Whether a folded text has a word that begins with a stem; in scripts without spaces, whether it has it at all.
pub fn has(folded: &str, stem: &str) -> bool {
    if stem.starts_with(has_no_spaces) {
        folded.contains(stem)
    } else {
        words(folded).any(|word| word.starts_with(stem))
    }
}

/// Whether a letter belongs to a script that is written without spaces between words.
pub const fn has_no_spaces(letter: char) -> bool {
    matches!(letter,
        '\u{e00}'..='\u{eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}'
        | '\u{20000}'..='\u{3ffff}')
}

/// The letters in which Japanese writes its grammar.
const fn is_hiragana(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{309f}')
}

/// The words of a folded text: letters and digits that follow each other, of one kind of script.
fn words(folded: &str) -> impl Iterator<Item = &str> {
    let mut rest = folded;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|letter: char| !letter.is_alphanumeric());
        let first = rest.chars().next()?;
        let is_other =
            |letter: char| !letter.is_alphanumeric() || has_no_spaces(letter) != has_no_spaces(first);
        let (word, after) = rest.split_at(rest.find(is_other).unwrap_or(rest.len()));
        rest = after;
        Some(word)
    })
}

/// Each two letters that follow each other.
fn pairs(word: &str) -> impl Iterator<Item = &str> {
    let ends = word.char_indices().map(|(start, letter)| start + letter.len_utf8()).skip(1);
    word.char_indices().zip(ends).filter_map(|((start, _), end)| word.get(start..end))
}

/// A word without the ending of its plural, as English, French, Spanish and Portuguese write it.
fn stem(word: &str) -> &str {
    if word.chars().count() >= STEM_FROM { word.strip_suffix('s').unwrap_or(word) } else { word }
}

fn without_accent(letter: char) -> char {
    match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ý' | 'ÿ' => 'y',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn accents_plurals_and_empty_words_make_no_difference() {
        assert_eq!(stems("Les vidéos bloquées, the VIDEO"), ["video", "bloquee"]);
        assert!(has(&folded("Envoi de vidéos"), "video"));
        assert!(!has(&folded("Envoi"), "video"));
    }

    #[test]
    fn scripts_without_spaces_are_compared_by_pairs_of_letters() {
        assert_eq!(stems("動画が止まる"), ["動画", "画が", "が止", "止ま"]);
        assert_eq!(stems("動画videoです"), ["動画", "video"]);
        assert!(has(&folded("この動画は"), "動画"));
        assert!(has(&folded("この動画videoは"), "video"));
        assert!(!has(&folded("画面"), "動画"));
    }

    proptest! {
        #[test]
        fn a_text_has_its_own_stems(text in any::<String>()) {
            let folded = folded(&text);
            for stem in stems(&text) {
                prop_assert!(has(&folded, &stem), "{stem}");
            }
        }
    }
}
