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

/// The stems of the words that say something, each once, in their order.
pub fn stems(text: &str) -> Vec<String> {
    let folded = folded(text);
    let mut stems: Vec<String> = Vec::new();
    let words = folded.split(|letter: char| !letter.is_alphanumeric());
    for word in words.filter(|word| word.chars().count() >= WORD_MIN && !EMPTY_WORDS.contains(word)) {
        let stem = stem(word);
        if !stems.iter().any(|known| known == stem) {
            stems.push(stem.to_owned());
        }
    }
    stems
}

/// Whether a folded text has a word that begins with a stem.
pub fn has(folded: &str, stem: &str) -> bool {
    folded.split(|letter: char| !letter.is_alphanumeric()).any(|word| word.starts_with(stem))
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
