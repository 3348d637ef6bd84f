//! Which rows of a long list are drawn, and which pages of it are asked for.

use std::ops::Range;

/// So many rows a page has that is asked for.
pub const PAGE: usize = 100;
/// So many rows are drawn above and below what is seen.
const MARGIN: usize = 6;
/// So many pages are kept at the most; those that are farthest from what is seen go first.
pub const KEPT: usize = 30;

/// The rows that are seen when `seen` pixels of the list from `top` on are, each `height` high.
pub fn rows(top: f64, seen: f64, height: f64, total: usize) -> Range<usize> {
    if height <= 0.0 || total == 0 {
        return 0..0;
    }
    let first = whole(top / height).min(total - 1);
    let last = whole((top + seen.max(0.0)) / height).saturating_add(1).clamp(first + 1, total);
    first..last
}

/// The rows that are drawn: those that are seen, with a margin so that none is blank while one scrolls.
pub fn drawn(seen: &Range<usize>, total: usize) -> Range<usize> {
    let first = seen.start.saturating_sub(MARGIN).min(total);
    first..seen.end.saturating_add(MARGIN).min(total)
}

/// The first page that is wanted and not there: one that is seen, else the one below, else the one above.
pub fn wanted(seen: &Range<usize>, total: usize, has: impl Fn(usize) -> bool) -> Option<usize> {
    if total == 0 {
        return None;
    }
    let last_page = (total - 1) / PAGE;
    let first = seen.start / PAGE;
    let last = seen.end.saturating_sub(1) / PAGE;
    let near = (first..=last).chain([last + 1]).chain(first.checked_sub(1));
    near.into_iter().find(|page| *page <= last_page && !has(*page))
}

/// Of the pages that are kept, the one that is farthest from what is seen, once there are too many.
pub fn dropped(seen: &Range<usize>, kept: impl ExactSizeIterator<Item = usize>) -> Option<usize> {
    let here = seen.start / PAGE;
    if kept.len() <= KEPT { None } else { kept.max_by_key(|page| page.abs_diff(here)) }
}

fn whole(value: f64) -> usize {
    value.max(0.0).floor() as usize
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rows_are_those_that_are_seen_even_in_part() {
        assert_eq!(rows(0.0, 560.0, 56.0, 1_000), 0..11);
        assert_eq!(rows(30.0, 560.0, 56.0, 1_000), 0..11);
        assert_eq!(rows(56.0, 10.0, 56.0, 1_000), 1..2);
        assert_eq!(rows(1e9, 560.0, 56.0, 1_000), 999..1_000);
        assert_eq!(rows(0.0, 560.0, 56.0, 3), 0..3);
        assert_eq!(rows(0.0, 560.0, 0.0, 3), 0..0);
    }

    #[test]
    fn what_is_seen_is_asked_for_before_what_is_near() {
        assert_eq!(wanted(&(90..120), 1_000, |_| false), Some(0));
        assert_eq!(wanted(&(90..120), 1_000, |page| page == 0), Some(1));
        assert_eq!(wanted(&(90..120), 1_000, |page| page <= 1), Some(2));
        assert_eq!(wanted(&(250..280), 1_000, |page| page == 2 || page == 3), Some(1));
        assert_eq!(wanted(&(0..20), 80, |page| page == 0), None);
    }

    proptest! {
        #[test]
        fn nothing_outside_the_list_is_drawn(top in -1e7f64..1e8, seen in 0f64..5e3, height in 1f64..200.0, total in 0usize..200_000) {
            let seen = rows(top, seen, height, total);
            let drawn = drawn(&seen, total);
            prop_assert!(seen.end <= total && drawn.end <= total);
            prop_assert!(drawn.start <= seen.start && seen.end <= drawn.end);
            if let Some(page) = wanted(&seen, total, |_| false) {
                prop_assert!(page * PAGE < total);
            }
        }
    }
}
