//! What leaves the device of a picture, decoded again: random pictures, random covers, frames, arrows and cuts.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that finds nothing fails")]

use frontdesk::browser::bytes::Bytes;
use frontdesk::browser::picture::{NotAPicture, Original};
use frontdesk::domain::picture::{Area, Burnt, Corner, Ground, Mark, Picture, Shape, Size};
use js_sys::{Array, Uint8Array};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::Blob;

wasm_bindgen_test_configure!(run_in_browser);

/// So many pictures are tried.
const PICTURES: u32 = 60;
/// What stands behind the picture in its file, where cameras write the place.
const SECRET: &[u8] = b"SECRET LOCATION";
const COVER: [u8; 4] = [24, 27, 34, 255];
const INK: [u8; 4] = [214, 40, 40, 255];

#[wasm_bindgen_test]
async fn no_covered_pixel_and_no_byte_beside_the_picture_leaves() {
    for seed in 1..=PICTURES {
        let mut chance = Chance(seed.wrapping_mul(2_654_435_769));
        let size = Size { width: 1 + chance.below(64), height: 1 + chance.below(64) };
        let pixels: Vec<[u8; 3]> =
            (0..size.width * size.height).map(|_| [chance.byte(), chance.byte(), chance.byte()]).collect();
        let picture = any_picture(size, &mut chance);
        let original =
            Original::read(&file_of(size, &pixels), |width, height| (width, height)).await.unwrap();
        assert_eq!(original.size(), (size.width, size.height));

        let burnt = picture.clone();
        let burn = move |pixels: Vec<u8>| {
            let Burnt { size, pixels } = burnt.burn(pixels)?;
            Some((size.width, size.height, pixels))
        };
        let leaves = original.flattened(burn, "image/png").await.unwrap();

        let kept = picture.kept();
        let (width, height, seen) = decoded(&leaves).await;
        assert_eq!((width, height), (kept.width, kept.height), "seed {seed}");
        let ink = picture.ink();
        for y in kept.y..kept.y + kept.height {
            for x in kept.x..kept.x + kept.width {
                let at = ((y - kept.y) * kept.width + x - kept.x) as usize * 4;
                let [red, green, blue] = pixels[(y * size.width + x) as usize];
                let expected = if ink.iter().any(|area| has(area, x, y)) {
                    INK
                } else if picture.is_covered_at(x, y) {
                    COVER
                } else {
                    [red, green, blue, 255]
                };
                assert_eq!(seen[at..at + 4], expected, "seed {seed}, {x} from the left, {y} from the top");
            }
        }
        let bytes = bytes_of(&leaves).await;
        assert!(
            !bytes.windows(SECRET.len()).any(|part| part == SECRET),
            "seed {seed}: what stood in the file"
        );
    }
}

#[wasm_bindgen_test]
async fn what_is_no_picture_is_refused() {
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>globalThis.owned = 1</script></svg>";
    let polyglot = b"\xff\xd8\xff\xe0<html><script>globalThis.owned = 1</script>";
    for bytes in [&b""[..], b"GIF89a", b"\x89PNG\r\n\x1a\n", svg, polyglot, &[0; 4_096]] {
        let read = Original::read(&blob(bytes), |width, height| (width, height)).await;
        assert_eq!(read.map(|read| read.size()), Err(NotAPicture), "{bytes:?}");
    }
    let empty = file_of(Size { width: 0, height: 0 }, &[]);
    assert!(Original::read(&empty, |width, height| (width, height)).await.is_err(), "a picture of no pixels");
    assert!(js_sys::Reflect::get(&js_sys::global(), &"owned".into()).unwrap().is_undefined(), "a script ran");
}

fn has(area: &Area, x: u32, y: u32) -> bool {
    (area.x..area.x + area.width).contains(&x) && (area.y..area.y + area.height).contains(&y)
}

fn any_picture(size: Size, chance: &mut Chance) -> Picture {
    let area = |chance: &mut Chance| {
        let point = |chance: &mut Chance| (chance.below(size.width + 1), chance.below(size.height + 1));
        Area::between(point(chance), point(chance), size)
    };
    let ground = match chance.below(3) {
        0 => Ground::Open,
        1 => Ground::Texts((0..chance.below(4)).map(|_| area(chance)).collect()),
        _ => Ground::Covered,
    };
    let marks = (0..chance.below(7)).map(|_| {
        let shape = match chance.below(8) {
            0..=2 => Shape::Cover,
            3 | 4 => Shape::Uncover,
            5 => Shape::Frame,
            6 => Shape::Arrow(Corner::BottomRight),
            _ => Shape::Crop,
        };
        Mark { shape, area: area(chance) }
    });
    let marks = marks.collect();
    Picture { size, ground, marks }
}

/// A bitmap file: three bytes a pixel, rows from below, each filled up to four bytes.
fn file_of(size: Size, pixels: &[[u8; 3]]) -> Bytes {
    let row = (size.width * 3).next_multiple_of(4);
    let mut file = b"BM".to_vec();
    for number in [54 + row * size.height, 0, 54, 40, size.width, size.height, 1 | 24 << 16, 0, 0, 0, 0, 0, 0]
    {
        file.extend(number.to_le_bytes());
    }
    for line in pixels.chunks(size.width.max(1) as usize).rev() {
        let begun = file.len();
        file.extend(line.iter().flat_map(|[red, green, blue]| [*blue, *green, *red]));
        file.resize(begun + row as usize, 0);
    }
    file.extend_from_slice(SECRET);
    blob(&file)
}

fn blob(bytes: &[u8]) -> Bytes {
    Bytes::new(Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes))).unwrap())
}

async fn bytes_of(bytes: &Bytes) -> Vec<u8> {
    let address = bytes.address().unwrap();
    let answer = gloo_net::http::Request::get(address.as_str()).send().await.unwrap();
    answer.binary().await.unwrap()
}

/// Width, height and pixels of what a file shows.
async fn decoded(bytes: &Bytes) -> (u32, u32, Vec<u8>) {
    let shown = Original::read(bytes, |width, height| (width, height)).await.unwrap();
    let (width, height) = shown.size();
    let mut seen = Vec::new();
    let nothing = shown
        .flattened(
            |pixels| {
                seen = pixels;
                None
            },
            "image/png",
        )
        .await;
    assert!(nothing.is_err());
    (width, height, seen)
}

/// Numbers that look like chance and are the same each time (xorshift).
struct Chance(u32);

impl Chance {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    fn below(&mut self, end: u32) -> u32 {
        self.next() % end.max(1)
    }

    fn byte(&mut self) -> u8 {
        (self.next() >> 7) as u8
    }
}
