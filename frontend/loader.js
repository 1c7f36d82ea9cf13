// The one script of the payment page. It fetches the WebAssembly module, which the browser checks
// against the digest that the server wrote into the page, and starts it. Where any of this fails,
// the page stays what the server sent: HTML whose forms pay.
import init from "kasir-frontend";

const root = document.getElementById("kasir");

if (root) {
  const { wasm, wasmIntegrity } = root.dataset;
  await init({ module_or_path: fetch(wasm, { integrity: wasmIntegrity, credentials: "omit" }) });
}
