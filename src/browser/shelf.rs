//! Files on the device (IndexedDB): what is too large for the texts of `storage`.

use js_sys::{Array, Promise};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, IdbDatabase, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction, IdbTransactionMode,
};

use super::bytes::Bytes;
use super::storage::Full;

/// The database, and its only store: files by name.
const DATABASE: &str = "frontdesk";
const FILES: &str = "files";

/// Keeps a file under `name`, in the place of what is there.
///
/// # Errors
/// When the device has no room, or keeps nothing at all.
pub async fn write(name: &str, bytes: &Bytes) -> Result<(), Full> {
    let database = open().await.ok_or(Full)?;
    let (store, transaction) = files(&database, IdbTransactionMode::Readwrite).ok_or(Full)?;
    let done = done(&transaction);
    store.put_with_key(bytes.blob(), &JsValue::from_str(name)).map_err(|_| Full)?;
    // Only the end of the transaction says that it lies on the device.
    let written = JsFuture::from(done).await.map(|_| ()).map_err(|_| Full);
    database.close();
    written
}

/// The file under `name`.
pub async fn read(name: &str) -> Option<Bytes> {
    let database = open().await?;
    let (store, _) = files(&database, IdbTransactionMode::Readonly)?;
    let found = result(&store.get(&JsValue::from_str(name)).ok()?).await;
    database.close();
    found?.dyn_into::<Blob>().ok().map(Bytes::new)
}

/// Forgets the file under `name`.
pub async fn remove(name: &str) {
    let Some(database) = open().await else { return };
    if let Some((store, transaction)) = files(&database, IdbTransactionMode::Readwrite) {
        let done = done(&transaction);
        if store.delete(&JsValue::from_str(name)).is_ok() {
            let _ = JsFuture::from(done).await;
        }
    }
    database.close();
}

/// The names of all files, sorted.
pub async fn names() -> Vec<String> {
    let Some(database) = open().await else { return Vec::new() };
    let request =
        files(&database, IdbTransactionMode::Readonly).and_then(|(store, _)| store.get_all_keys().ok());
    let found = match request {
        Some(request) => result(&request).await,
        None => None,
    };
    database.close();
    found
        .and_then(|keys| keys.dyn_into::<Array>().ok())
        .map(|keys| keys.iter().filter_map(|key| key.as_string()).collect())
        .unwrap_or_default()
}

async fn open() -> Option<IdbDatabase> {
    let factory = web_sys::window()?.indexed_db().ok().flatten()?;
    let request = factory.open_with_u32(DATABASE, 1).ok()?;
    let made = request.clone();
    let upgrade = Closure::once(move || create(&made));
    request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
    let database = result(&request).await;
    drop(upgrade);
    database?.dyn_into().ok()
}

fn create(request: &IdbOpenDbRequest) {
    if let Some(database) = request.result().ok().and_then(|it| it.dyn_into::<IdbDatabase>().ok()) {
        let _ = database.create_object_store(FILES);
    }
}

fn files(database: &IdbDatabase, mode: IdbTransactionMode) -> Option<(IdbObjectStore, IdbTransaction)> {
    let transaction = database.transaction_with_str_and_mode(FILES, mode).ok()?;
    let store = transaction.object_store(FILES).ok()?;
    Some((store, transaction))
}

async fn result(request: &IdbRequest) -> Option<JsValue> {
    let answered = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(answered).await.ok()?;
    request.result().ok()
}

fn done(transaction: &IdbTransaction) -> Promise {
    Promise::new(&mut |resolve, reject| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onabort(Some(&reject));
        transaction.set_onerror(Some(&reject));
    })
}
