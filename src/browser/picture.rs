//! Pictures: decoded, shown with what is done to them, and encoded anew, so that nothing but pixels is left.

use js_sys::Promise;
use send_wrapper::SendWrapper;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{Clamped, JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, CanvasRenderingContext2d, Document, HtmlCanvasElement, HtmlVideoElement, ImageBitmap, ImageData,
};

use super::bytes::Bytes;

/// The browser can't read it as a picture, or has no room for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This is no picture that the browser can read")]
pub struct NotAPicture;

/// The pixels as they were, in memory alone.
#[derive(Debug, Clone)]
pub struct Original {
    // The browser has one thread; the wrapper lets signals own the handle.
    canvas: SendWrapper<HtmlCanvasElement>,
}

/// A part to be filled, in pixels of the picture: from the left, from the top, width, height.
pub type Part = (u32, u32, u32, u32);

impl Original {
    /// Reads a picture. `fit` says how large it is to be at the most.
    ///
    /// # Errors
    /// When it is none.
    pub async fn read(bytes: &Bytes, fit: impl Fn(u32, u32) -> (u32, u32)) -> Result<Self, NotAPicture> {
        let window = web_sys::window().ok_or(NotAPicture)?;
        let decoded = window.create_image_bitmap_with_blob(bytes.blob()).map_err(|_| NotAPicture)?;
        let decoded = JsFuture::from(decoded).await.map_err(|_| NotAPicture)?;
        let bitmap: ImageBitmap = decoded.dyn_into().map_err(|_| NotAPicture)?;
        let original = Self::drawn(bitmap.width(), bitmap.height(), fit, |pen, width, height| {
            pen.draw_image_with_image_bitmap_and_dw_and_dh(&bitmap, 0.0, 0.0, width, height).is_ok()
        });
        bitmap.close();
        original
    }

    /// What a video shows now.
    pub(super) fn of_video(
        video: &HtmlVideoElement,
        fit: impl Fn(u32, u32) -> (u32, u32),
    ) -> Result<Self, NotAPicture> {
        Self::drawn(video.video_width(), video.video_height(), fit, |pen, width, height| {
            pen.draw_image_with_html_video_element_and_dw_and_dh(video, 0.0, 0.0, width, height).is_ok()
        })
    }

    fn drawn(
        width: u32,
        height: u32,
        fit: impl Fn(u32, u32) -> (u32, u32),
        draw: impl Fn(&CanvasRenderingContext2d, f64, f64) -> bool,
    ) -> Result<Self, NotAPicture> {
        if width == 0 || height == 0 {
            return Err(NotAPicture);
        }
        let (width, height) = fit(width, height);
        let (canvas, pen) = canvas(width, height).ok_or(NotAPicture)?;
        if draw(&pen, f64::from(width), f64::from(height)) {
            Ok(Self { canvas: SendWrapper::new(canvas) })
        } else {
            Err(NotAPicture)
        }
    }

    /// Width and height.
    pub fn size(&self) -> (u32, u32) {
        (self.canvas.width(), self.canvas.height())
    }

    /// Shows it in the canvas with this id: covers let the person see faintly what is below, which only this
    /// person sees.
    pub fn show(&self, id: &str, covered: &[Part], ink: &[Part], outside: &[Part]) {
        let Some(place) = document().and_then(|document| document.get_element_by_id(id)) else { return };
        let Ok(place) = place.dyn_into::<HtmlCanvasElement>() else { return };
        let (width, height) = self.size();
        if (place.width(), place.height()) != (width, height) {
            place.set_width(width);
            place.set_height(height);
        }
        let Some(pen) = pen(&place) else { return };
        pen.clear_rect(0.0, 0.0, f64::from(width), f64::from(height));
        let _ = pen.draw_image_with_html_canvas_element(&self.canvas, 0.0, 0.0);
        for (parts, color, opacity) in
            [(covered, "#181b22", 0.86), (ink, "#d62828", 1.0), (outside, "#808080", 0.7)]
        {
            pen.set_global_alpha(opacity);
            pen.set_fill_style_str(color);
            for &(x, y, width, height) in parts {
                pen.fill_rect(f64::from(x), f64::from(y), f64::from(width), f64::from(height));
            }
        }
        pen.set_global_alpha(1.0);
    }

    /// The picture as it leaves: `burn` gets all pixels and gives back width, height and pixels of what is left.
    ///
    /// # Errors
    /// When the browser has no room for it, or nothing is left.
    pub async fn flattened(
        &self,
        burn: impl FnOnce(Vec<u8>) -> Option<(u32, u32, Vec<u8>)>,
        kind: &str,
    ) -> Result<Bytes, NotAPicture> {
        let (width, height) = self.size();
        let own = pen(&self.canvas).ok_or(NotAPicture)?;
        let data =
            own.get_image_data(0.0, 0.0, f64::from(width), f64::from(height)).map_err(|_| NotAPicture)?;
        let (width, height, pixels) = burn(data.data().0).ok_or(NotAPicture)?;
        let (canvas, pen) = canvas(width, height).ok_or(NotAPicture)?;
        let data = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&pixels), width, height)
            .map_err(|_| NotAPicture)?;
        pen.put_image_data(&data, 0.0, 0.0).map_err(|_| NotAPicture)?;
        encoded(&canvas, kind).await.ok_or(NotAPicture)
    }
}

async fn encoded(canvas: &HtmlCanvasElement, kind: &str) -> Option<Bytes> {
    let answer = Promise::new(&mut |resolve, _| {
        let done = Closure::once_into_js(move |blob: JsValue| {
            let _ = resolve.call1(&JsValue::UNDEFINED, &blob);
        });
        let quality = JsValue::from_f64(0.92);
        let _ = canvas.to_blob_with_type_and_encoder_options(done.unchecked_ref(), kind, &quality);
    });
    JsFuture::from(answer).await.ok()?.dyn_into::<Blob>().ok().map(Bytes::new)
}

fn canvas(width: u32, height: u32) -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    let canvas: HtmlCanvasElement = document()?.create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(width);
    canvas.set_height(height);
    let pen = pen(&canvas)?;
    Some((canvas, pen))
}

fn pen(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok().flatten()?.dyn_into().ok()
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
}
