// Loads the pieces of the program, each once. An address says its integrity after `#`.
const pieces = (() => {
  const places = PLACES;
  const loading = new Map();
  let given;
  const instantiate = (file) => {
    given ??= { __wasm_split: (({ GIVEN }) => ({ GIVEN }))(wasm) };
    return Promise.all(WebAssembly.Module.customSections(file, "piece").map((part) => WebAssembly.instantiate(part, given)));
  };
  const load = (address) => {
    if (!loading.has(address)) {
      const [path, integrity] = address.split("#");
      const file = WebAssembly.compileStreaming(fetch(path, { integrity, credentials: "same-origin" })).then(instantiate);
      loading.set(address, file);
      // What failed is tried again when it is asked for again.
      file.catch(() => loading.delete(address));
    }
    return loading.get(address);
  };
  const loader = (files) => async (callback, data) => {
    const isHere = await Promise.all(files.map(load)).then(() => true, () => false);
    wasm.__indirect_function_table.get(callback)(data, isHere);
  };
  return Object.fromEntries(Object.entries(places).map(([name, files]) => [`__wasm_split_load_${name}`, loader(files)]));
})();
