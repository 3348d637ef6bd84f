//! A picture before it leaves the device: what is covered, marked and cut off, and how that is burnt in.
//!
//! Covering is solid: [`Picture::burn`] writes over every covered pixel, and what it gives back is the only
//! thing that is stored or sent. (ADR 10.)

/// The color of a cover: red, green, blue, opaque.
const COVER: [u8; 4] = [24, 27, 34, 255];
/// The color of frames and arrows.
const INK: [u8; 4] = [214, 40, 40, 255];
/// So many sides an edge is thinner than the picture.
const THIN: u32 = 240;
/// The length of the head of an arrow, in widths of its line.
const HEAD: u32 = 5;

/// Width and height in pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

impl Size {
    /// The same shape, made smaller until it has at most `max` pixels; at least one pixel each way.
    pub fn fitted(self, max: u32) -> Self {
        let pixels = f64::from(self.width) * f64::from(self.height);
        if pixels <= f64::from(max) {
            return self;
        }
        let scale = (f64::from(max) / pixels).sqrt();
        let smaller = |side: u32| ((f64::from(side) * scale).floor() as u32).max(1);
        let (width, height) = (smaller(self.width), smaller(self.height));
        // A side that can't be less than one leaves the other to make up for it.
        Self { width: width.min(max / height), height: height.min(max / width.min(max)) }
    }

    fn bytes(self) -> Option<usize> {
        let pixels = usize::try_from(self.width).ok()?.checked_mul(usize::try_from(self.height).ok()?)?;
        pixels.checked_mul(4)
    }
}

/// A part of a picture, in pixels from its top left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Area {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// How wide.
    pub width: u32,
    /// How high.
    pub height: u32,
}

impl Area {
    /// All of a picture.
    pub const fn of(size: Size) -> Self {
        Self { x: 0, y: 0, width: size.width, height: size.height }
    }

    /// What lies between two corners, as far as it is inside the picture.
    pub fn between(one: (u32, u32), other: (u32, u32), size: Size) -> Self {
        let (left, right) = (one.0.min(other.0), one.0.max(other.0));
        let (top, bottom) = (one.1.min(other.1), one.1.max(other.1));
        Self { x: left, y: top, width: right - left, height: bottom - top }.inside(size)
    }

    /// As much of it as is inside the picture.
    pub fn inside(self, size: Size) -> Self {
        let (x, y) = (self.x.min(size.width), self.y.min(size.height));
        Self { x, y, width: self.width.min(size.width - x), height: self.height.min(size.height - y) }
    }

    /// Whether there is nothing of it.
    pub const fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    fn right(self) -> u32 {
        self.x.saturating_add(self.width)
    }

    fn bottom(self) -> u32 {
        self.y.saturating_add(self.height)
    }

    fn has(self, x: u32, y: u32) -> bool {
        (self.x..self.right()).contains(&x) && (self.y..self.bottom()).contains(&y)
    }
}

/// What is done to a part of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Nothing of it can be seen.
    Cover,
    /// It can be seen again.
    Uncover,
    /// A frame around it.
    Frame,
    /// An arrow through it, to this corner.
    Arrow(Corner),
    /// Only this is left.
    Crop,
}

/// A corner, where an arrow points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corner {
    /// Top left.
    TopLeft,
    /// Top right.
    TopRight,
    /// Bottom right.
    BottomRight,
    /// Bottom left.
    BottomLeft,
}

impl Corner {
    /// The corner at which a line from `from` to `to` ends.
    pub const fn of(from: (u32, u32), to: (u32, u32)) -> Self {
        match (to.0 >= from.0, to.1 >= from.1) {
            (true, true) => Self::BottomRight,
            (true, false) => Self::TopRight,
            (false, true) => Self::BottomLeft,
            (false, false) => Self::TopLeft,
        }
    }

    /// The next one, clockwise.
    pub const fn next(self) -> Self {
        match self {
            Self::TopLeft => Self::TopRight,
            Self::TopRight => Self::BottomRight,
            Self::BottomRight => Self::BottomLeft,
            Self::BottomLeft => Self::TopLeft,
        }
    }
}

/// Something that is done to a part of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// What.
    pub shape: Shape,
    /// To which part.
    pub area: Area,
}

/// What is covered before anything is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ground {
    /// Nothing.
    Open,
    /// Where the page that is seen says that it shows text.
    Texts(Vec<Area>),
    /// All of it: nothing is known about what it shows.
    Covered,
}

/// What is known of a picture without its pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// How large it is.
    pub size: Size,
    /// What is covered before anything is done.
    pub ground: Ground,
    /// What is done, in this order.
    pub marks: Vec<Mark>,
}

/// The pixels that may leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Burnt {
    /// How large it is now.
    pub size: Size,
    /// Red, green, blue and opacity of each pixel, row by row.
    pub pixels: Vec<u8>,
}

impl Picture {
    /// A picture to which nothing was done.
    pub const fn new(size: Size, ground: Ground) -> Self {
        Self { size, ground, marks: Vec::new() }
    }

    /// The part that is left.
    pub fn kept(&self) -> Area {
        let crops = self.marks.iter().rev().filter(|mark| mark.shape == Shape::Crop);
        let areas = crops.map(|mark| mark.area.inside(self.size)).find(|area| !area.is_empty());
        areas.unwrap_or(Area::of(self.size))
    }

    /// Whether a pixel is covered: the last word about it counts.
    pub fn is_covered_at(&self, x: u32, y: u32) -> bool {
        let last = self.marks.iter().rev().find_map(|mark| match mark.shape {
            Shape::Cover if mark.area.has(x, y) => Some(true),
            Shape::Uncover if mark.area.has(x, y) => Some(false),
            Shape::Cover | Shape::Uncover | Shape::Frame | Shape::Arrow(_) | Shape::Crop => None,
        });
        last.unwrap_or_else(|| match &self.ground {
            Ground::Open => false,
            Ground::Texts(texts) => texts.iter().any(|text| text.has(x, y)),
            Ground::Covered => true,
        })
    }

    /// What is covered, in parts that don't overlap.
    pub fn covered(&self) -> Vec<Area> {
        let texts = match &self.ground {
            Ground::Texts(texts) => texts.as_slice(),
            Ground::Open | Ground::Covered => &[],
        };
        let covers = self.marks.iter().filter_map(|mark| match mark.shape {
            Shape::Cover => Some((mark.area, true)),
            Shape::Uncover => Some((mark.area, false)),
            Shape::Frame | Shape::Arrow(_) | Shape::Crop => None,
        });
        let layers: Vec<(Area, bool)> = texts.iter().map(|text| (*text, true)).chain(covers).collect();
        let (mut columns, mut rows) = (vec![0, self.size.width], vec![0, self.size.height]);
        for (area, _) in &layers {
            let area = area.inside(self.size);
            columns.extend([area.x, area.right()]);
            rows.extend([area.y, area.bottom()]);
        }
        for edges in [&mut columns, &mut rows] {
            edges.sort_unstable();
            edges.dedup();
        }
        // Between two edges everything is covered or nothing is: what comes later is written over what came before.
        let across = columns.len().saturating_sub(1);
        let mut cells = vec![self.ground == Ground::Covered; across * rows.len().saturating_sub(1)];
        let at = |edges: &[u32], edge: u32| edges.partition_point(|known| *known < edge);
        for (area, is_covered) in layers {
            let area = area.inside(self.size);
            let span = at(&columns, area.x)..at(&columns, area.right());
            for row in at(&rows, area.y)..at(&rows, area.bottom()) {
                if let Some(row) =
                    cells.get_mut(row * across..(row + 1) * across).and_then(|row| row.get_mut(span.clone()))
                {
                    row.fill(is_covered);
                }
            }
        }
        let mut areas: Vec<Area> = Vec::new();
        let mut above = 0;
        for (row, edge) in cells.chunks(across.max(1)).zip(rows.windows(2)) {
            let &[top, bottom] = edge else { continue };
            let begun = areas.len();
            for (is_covered, edge) in row.iter().zip(columns.windows(2)) {
                let &[left, right] = edge else { continue };
                match areas.get_mut(begun..).and_then(|row| row.last_mut()) {
                    Some(last) if *is_covered && last.right() == left => last.width = right - last.x,
                    _ if *is_covered => {
                        areas.push(Area { x: left, y: top, width: right - left, height: bottom - top });
                    }
                    _ => {}
                }
            }
            above = joined(&mut areas, above, begun);
        }
        areas
    }

    /// What is drawn by frames and arrows, as parts that are filled.
    pub fn ink(&self) -> Vec<Area> {
        let line = (self.size.width.min(self.size.height) / THIN).clamp(2, 12);
        let mut areas = Vec::new();
        for mark in &self.marks {
            match mark.shape {
                Shape::Frame => frame(mark.area, line, &mut areas),
                Shape::Arrow(corner) => arrow(mark.area, corner, line, &mut areas),
                Shape::Cover | Shape::Uncover | Shape::Crop => {}
            }
        }
        areas.iter().map(|area| area.inside(self.size)).filter(|area| !area.is_empty()).collect()
    }

    /// Writes covers and marks into the pixels and leaves out what was cut off. Pixels that don't belong to a
    /// picture of this size are given back to nobody.
    pub fn burn(&self, mut pixels: Vec<u8>) -> Option<Burnt> {
        if self.size.bytes()? != pixels.len() || pixels.is_empty() {
            return None;
        }
        for area in self.covered() {
            fill(&mut pixels, self.size, area, COVER);
        }
        for area in self.ink() {
            fill(&mut pixels, self.size, area, INK);
        }
        let kept = self.kept();
        if kept == Area::of(self.size) {
            return Some(Burnt { size: self.size, pixels });
        }
        let mut left = Vec::new();
        for row in kept.y..kept.bottom() {
            left.extend_from_slice(pixels.get(span(self.size, row, kept.x, kept.width))?);
        }
        Some(Burnt { size: Size { width: kept.width, height: kept.height }, pixels: left })
    }
}

/// What was done to a picture, and what was taken back, without limit for as long as the dialog is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edits {
    now: Picture,
    past: Vec<Vec<Mark>>,
    future: Vec<Vec<Mark>>,
}

impl Edits {
    /// Nothing yet.
    pub const fn new(picture: Picture) -> Self {
        Self { now: picture, past: Vec::new(), future: Vec::new() }
    }

    /// The picture as it is now.
    pub const fn picture(&self) -> &Picture {
        &self.now
    }

    /// Whether there is something to take back.
    pub const fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is something to do again.
    pub const fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Does something to a part; nothing to no part.
    pub fn add(&mut self, mark: Mark) {
        let area = mark.area.inside(self.now.size);
        if !area.is_empty() {
            let mut marks = self.now.marks.clone();
            marks.push(Mark { area, ..mark });
            self.step(marks);
        }
    }

    /// Moves a mark or makes it larger or smaller; at least one pixel of it stays.
    pub fn place(&mut self, index: usize, area: Area) {
        let size = self.now.size;
        let (x, y) = (area.x.min(size.width.saturating_sub(1)), area.y.min(size.height.saturating_sub(1)));
        let area = Area { x, y, width: area.width.max(1), height: area.height.max(1) }.inside(size);
        self.change(index, |mark| mark.area = area);
    }

    /// Turns an arrow to its next corner.
    pub fn turn(&mut self, index: usize) {
        self.change(index, |mark| {
            if let Shape::Arrow(corner) = mark.shape {
                mark.shape = Shape::Arrow(corner.next());
            }
        });
    }

    /// Takes a mark away.
    pub fn remove(&mut self, index: usize) {
        let mut marks = self.now.marks.clone();
        if index < marks.len() {
            marks.remove(index);
            self.step(marks);
        }
    }

    /// Takes the last step back.
    pub fn undo(&mut self) {
        if let Some(marks) = self.past.pop() {
            self.future.push(std::mem::replace(&mut self.now.marks, marks));
        }
    }

    /// Does again what was taken back last.
    pub fn redo(&mut self) {
        if let Some(marks) = self.future.pop() {
            self.past.push(std::mem::replace(&mut self.now.marks, marks));
        }
    }

    fn change(&mut self, index: usize, change: impl FnOnce(&mut Mark)) {
        let mut marks = self.now.marks.clone();
        if let Some(mark) = marks.get_mut(index) {
            change(mark);
        }
        if marks != self.now.marks {
            self.step(marks);
        }
    }

    fn step(&mut self, marks: Vec<Mark>) {
        self.past.push(std::mem::replace(&mut self.now.marks, marks));
        self.future.clear();
    }
}

/// Makes a row of parts one with the row above it, where both are the same; where the last row begins now.
fn joined(areas: &mut Vec<Area>, above: usize, begun: usize) -> usize {
    let (upper, lower) = areas.split_at_mut(begun);
    let upper = upper.get_mut(above..).unwrap_or_default();
    let is_same = upper.len() == lower.len()
        && upper
            .iter()
            .zip(lower.iter())
            .all(|(one, other)| one.x == other.x && one.width == other.width && one.bottom() == other.y);
    if !is_same {
        return begun;
    }
    for (one, other) in upper.iter_mut().zip(lower.iter()) {
        one.height += other.height;
    }
    areas.truncate(begun);
    above
}

/// Where the pixels of a part of a row lie.
fn span(size: Size, row: u32, from: u32, width: u32) -> std::ops::Range<usize> {
    let start = (row as usize * size.width as usize + from as usize) * 4;
    start..start + width as usize * 4
}

fn fill(pixels: &mut [u8], size: Size, area: Area, color: [u8; 4]) {
    let area = area.inside(size);
    for row in area.y..area.bottom() {
        if let Some(part) = pixels.get_mut(span(size, row, area.x, area.width)) {
            for pixel in part.chunks_exact_mut(4) {
                pixel.copy_from_slice(&color);
            }
        }
    }
}

fn frame(area: Area, line: u32, areas: &mut Vec<Area>) {
    let (across, down) = (line.min(area.width), line.min(area.height));
    areas.extend([
        Area { height: down, ..area },
        Area { y: area.bottom() - down, height: down, ..area },
        Area { width: across, ..area },
        Area { x: area.right() - across, width: across, ..area },
    ]);
}

fn arrow(area: Area, corner: Corner, line: u32, areas: &mut Vec<Area>) {
    let (left, right) = (i64::from(area.x), i64::from(area.right()) - 1);
    let (top, bottom) = (i64::from(area.y), i64::from(area.bottom()) - 1);
    let (from, to) = match corner {
        Corner::TopLeft => ((right, bottom), (left, top)),
        Corner::TopRight => ((left, bottom), (right, top)),
        Corner::BottomRight => ((left, top), (right, bottom)),
        Corner::BottomLeft => ((right, top), (left, bottom)),
    };
    stroke(from, to, line, areas);
    let head = i64::from(line * HEAD);
    let (dx, dy) = ((to.0 - from.0) as f64, (to.1 - from.1) as f64);
    let length = dx.hypot(dy).max(1.0);
    let (ux, uy) = (dx / length, dy / length);
    // Two strokes back from the tip, half a right angle to either side.
    for side in [1.0, -1.0] {
        let (bx, by) = (-ux - side * uy, -uy + side * ux);
        let end = (to.0 + (bx * head as f64 / 1.5) as i64, to.1 + (by * head as f64 / 1.5) as i64);
        stroke(to, end, line, areas);
    }
}

/// A line of squares.
fn stroke(from: (i64, i64), to: (i64, i64), line: u32, areas: &mut Vec<Area>) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let steps = dx.abs().max(dy.abs()).max(1);
    let half = i64::from(line / 2);
    // Squares that overlap by half make a line without gaps.
    let stride = half.max(1);
    let mut step = 0;
    loop {
        let (x, y) = (from.0 + dx * step / steps - half, from.1 + dy * step / steps - half);
        let clipped = |at: i64| u32::try_from(at.max(0)).unwrap_or(u32::MAX);
        areas.push(Area { x: clipped(x), y: clipped(y), width: line, height: line });
        if step == steps {
            return;
        }
        step = (step + stride).min(steps);
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SMALL: Size = Size { width: 4, height: 3 };

    fn mark(shape: Shape, x: u32, y: u32, width: u32, height: u32) -> Mark {
        Mark { shape, area: Area { x, y, width, height } }
    }

    fn grey(size: Size) -> Vec<u8> {
        vec![200; size.bytes().expect("small")]
    }

    #[test]
    fn a_cover_is_solid_and_the_rest_is_untouched() {
        let mut picture = Picture::new(SMALL, Ground::Open);
        picture.marks.push(mark(Shape::Cover, 1, 1, 2, 1));
        let burnt = picture.burn(grey(SMALL)).expect("a picture");
        for y in 0..3 {
            for x in 0..4 {
                let at = span(SMALL, y, x, 1);
                let expected = if y == 1 && (1..3).contains(&x) { COVER } else { [200; 4] };
                assert_eq!(burnt.pixels[at], expected, "{x} {y}");
            }
        }
    }

    #[test]
    fn what_is_known_to_nobody_starts_covered() {
        let mut picture = Picture::new(SMALL, Ground::Covered);
        assert_eq!(
            picture.covered(),
            [Area { x: 0, y: 0, width: 4, height: 1 }].map(|row| Area { height: 3, ..row })
        );
        picture.marks.push(mark(Shape::Uncover, 0, 0, 4, 3));
        assert!(picture.covered().is_empty());
        picture.marks.push(mark(Shape::Cover, 0, 0, 1, 1));
        assert!(picture.is_covered_at(0, 0) && !picture.is_covered_at(1, 0));
    }

    #[test]
    fn a_crop_leaves_its_part_alone() {
        let mut picture = Picture::new(SMALL, Ground::Open);
        picture.marks.push(mark(Shape::Crop, 1, 0, 2, 2));
        let burnt = picture.burn(grey(SMALL)).expect("a picture");
        assert_eq!((burnt.size, burnt.pixels.len()), (Size { width: 2, height: 2 }, 16));
    }

    #[test]
    fn pixels_of_another_size_are_given_to_nobody() {
        assert_eq!(Picture::new(SMALL, Ground::Open).burn(vec![0; 5]), None);
        assert_eq!(Picture::new(Size::default(), Ground::Open).burn(Vec::new()), None);
    }

    #[test]
    fn large_pictures_are_made_smaller() {
        let size = Size { width: 8_000, height: 5_000 };
        let fitted = size.fitted(8_000_000);
        assert!(u64::from(fitted.width) * u64::from(fitted.height) <= 8_000_000 && fitted.width > 3_500);
        assert_eq!(SMALL.fitted(8_000_000), SMALL);
    }

    #[test]
    fn every_step_can_be_taken_back_and_done_again() {
        let mut edits = Edits::new(Picture::new(SMALL, Ground::Open));
        edits.add(mark(Shape::Cover, 0, 0, 2, 2));
        edits.place(0, Area { x: 1, y: 1, width: 9, height: 0 });
        assert_eq!(edits.picture().marks, [mark(Shape::Cover, 1, 1, 3, 1)]);
        edits.undo();
        edits.undo();
        assert_eq!((edits.picture().marks.len(), edits.can_undo(), edits.can_redo()), (0, false, true));
        edits.redo();
        assert_eq!(edits.picture().marks.len(), 1);
        edits.add(mark(Shape::Cover, 3, 3, 5, 5));
        assert_eq!(edits.picture().marks.len(), 1, "nothing is done to no part");
    }

    fn any_size() -> impl Strategy<Value = Size> {
        (1_u32..40, 1_u32..40).prop_map(|(width, height)| Size { width, height })
    }

    fn any_shape() -> impl Strategy<Value = Shape> {
        prop_oneof![
            3 => Just(Shape::Cover),
            2 => Just(Shape::Uncover),
            1 => Just(Shape::Frame),
            1 => Just(Shape::Arrow(Corner::TopLeft)),
            1 => Just(Shape::Arrow(Corner::BottomRight)),
            1 => Just(Shape::Crop),
        ]
    }

    fn any_mark() -> impl Strategy<Value = Mark> {
        (any_shape(), 0_u32..60, 0_u32..60, 0_u32..60, 0_u32..60)
            .prop_map(|(shape, x, y, width, height)| mark(shape, x, y, width, height))
    }

    fn any_ground() -> impl Strategy<Value = Ground> {
        prop_oneof![
            Just(Ground::Open),
            prop::collection::vec(any_mark().prop_map(|mark| mark.area), 0..9).prop_map(Ground::Texts),
            Just(Ground::Covered),
        ]
    }

    fn any_picture() -> impl Strategy<Value = Picture> {
        (any_size(), any_ground(), prop::collection::vec(any_mark(), 0..9))
            .prop_map(|(size, ground, marks)| Picture { size, ground, marks })
    }

    fn with_pixels() -> impl Strategy<Value = (Picture, Vec<u8>, Vec<u8>)> {
        any_picture().prop_flat_map(|picture| {
            let count = picture.size.bytes().expect("small");
            let pixels = || prop::collection::vec(any::<u8>(), count);
            (Just(picture), pixels(), pixels())
        })
    }

    proptest! {
        #[test]
        fn no_covered_pixel_leaves((picture, one, other) in with_pixels()) {
            // Two pictures that differ under the covers alone look the same when they leave.
            let mut other = other;
            for y in 0..picture.size.height {
                for x in 0..picture.size.width {
                    if !picture.is_covered_at(x, y) {
                        let at = span(picture.size, y, x, 1);
                        other[at.clone()].copy_from_slice(&one[at]);
                    }
                }
            }
            prop_assert_eq!(picture.burn(one), picture.burn(other));
        }

        #[test]
        fn the_parts_that_are_covered_are_those_of_every_pixel(picture in any_picture()) {
            let areas = picture.covered();
            for y in 0..picture.size.height {
                for x in 0..picture.size.width {
                    let found = areas.iter().filter(|area| area.has(x, y)).count();
                    prop_assert_eq!(found, usize::from(picture.is_covered_at(x, y)), "{} {}", x, y);
                }
            }
        }

        #[test]
        fn what_leaves_has_the_size_that_it_says((picture, pixels, _) in with_pixels()) {
            let kept = picture.kept();
            let burnt = picture.burn(pixels).expect("a picture");
            prop_assert_eq!(burnt.size, Size { width: kept.width, height: kept.height });
            prop_assert_eq!(burnt.size.bytes(), Some(burnt.pixels.len()));
        }

        #[test]
        fn undoing_everything_leads_to_the_beginning(marks in prop::collection::vec(any_mark(), 0..9)) {
            let mut edits = Edits::new(Picture::new(SMALL, Ground::Covered));
            for mark in marks {
                edits.add(mark);
            }
            let end = edits.picture().clone();
            while edits.can_undo() {
                edits.undo();
            }
            prop_assert_eq!(edits.picture(), &Picture::new(SMALL, Ground::Covered));
            while edits.can_redo() {
                edits.redo();
            }
            prop_assert_eq!(edits.picture(), &end);
        }

        #[test]
        fn a_fitted_picture_fits(width in 1_u32..200_000, height in 1_u32..200_000) {
            let fitted = Size { width, height }.fitted(8_000_000);
            prop_assert!(fitted.width > 0 && fitted.height > 0);
            prop_assert!(u64::from(fitted.width) * u64::from(fitted.height) <= 8_000_000);
        }
    }
}
