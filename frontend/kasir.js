// <kasir-checkout client-token="..." locale="id"></kasir-checkout>
//
// Frames Kasir's payment page and passes on what it says. This script holds no credential and sees
// no payment data: the page in the frame keeps its own origin, and the two talk over one
// MessageChannel, opened after each side has checked the other's exact origin.
//
// A merchant's Content-Security-Policy needs: script-src and frame-src with Kasir's origin.

const NAME = "kasir-checkout";
const VERSION = 1;
const ORIGIN = new URL(import.meta.url).origin;
const HEIGHT_AT_FIRST_PX = 560;
const HEIGHT_FLOOR_PX = 320;
const HELLO_WITHIN_MS = 15_000;
const TITLES = { id: "Pembayaran", en: "Payment" };
const STATUSES = ["paid", "expired", "cancelled"];
const CSS = `
  :host { display: block; }
  :host([hidden]) { display: none; }
  iframe { display: block; inline-size: 100%; block-size: ${HEIGHT_AT_FIRST_PX}px; border: 0; }
`;

// Imported where there is no page (a server rendering the shop), this file does nothing.
const Base = globalThis.HTMLElement ?? class {};

class KasirCheckout extends Base {
  static observedAttributes = ["client-token", "locale"];

  #frame = null;
  #port = null;
  #mounted = null;
  #missed = 0;
  #settling = false;
  #told = new Set();

  constructor() {
    super();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
  }

  connectedCallback() {
    // A frame that was moved in the document loads again and owes us another hello.
    if (this.#frame) this.#expectHello();
    this.#settleSoon();
  }

  disconnectedCallback() {
    this.#settleSoon();
  }

  attributeChangedCallback(_name, before, after) {
    if (before !== after) this.#settleSoon();
  }

  // With this callback, Element.moveBefore() keeps the frame as it is.
  connectedMoveCallback() {}

  // A move is a removal and an insertion, and two attributes change one after the other: waiting
  // for the end of the task makes one change of either.
  #settleSoon() {
    if (this.#settling) return;
    this.#settling = true;
    queueMicrotask(() => {
      this.#settling = false;
      this.#settle();
    });
  }

  #settle() {
    const token = this.getAttribute("client-token");
    const address = this.isConnected && token ? this.#address(token) : null;
    if (address !== null && address === this.#frame?.src) return;
    this.#unmount();
    if (address !== null) this.#mount(address);
    else if (this.isConnected) this.#tell("error", { code: "missing_client_token" });
  }

  #address(token) {
    const url = new URL(`/c/${encodeURIComponent(token)}?embed=1`, ORIGIN);
    const locale = this.getAttribute("locale");
    if (locale) url.searchParams.set("locale", locale);
    return url.href;
  }

  #mount(address) {
    const frame = document.createElement("iframe");
    frame.title = TITLES[this.getAttribute("locale")] ?? TITLES.id;
    frame.allow = "clipboard-write; web-share";
    frame.referrerPolicy = "no-referrer";
    this.#frame = frame;
    this.#mounted = new AbortController();
    const { signal } = this.#mounted;
    window.addEventListener("message", (event) => this.#heard(event), { signal });
    this.#expectHello();
    frame.src = address;
    this.shadowRoot.append(frame);
  }

  #unmount() {
    clearTimeout(this.#missed);
    this.#port?.close();
    this.#mounted?.abort();
    this.#frame?.remove();
    this.#port = this.#mounted = this.#frame = null;
  }

  // The frame stays even when it never says hello: the page in it works without script.
  #expectHello() {
    clearTimeout(this.#missed);
    this.#missed = setTimeout(() => this.#tell("error", { code: "unreachable" }), HELLO_WITHIN_MS);
  }

  #heard({ source, origin, data }) {
    if (source === null || source !== this.#frame?.contentWindow || origin !== ORIGIN) return;
    if (data?.kasir !== "hello" || data.version !== VERSION) return;
    clearTimeout(this.#missed);
    this.#port?.close();
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = ({ data }) => this.#said(port1, data);
    source.postMessage({ kasir: "connect", version: VERSION }, ORIGIN, [port2]);
  }

  #said(port, message) {
    // What a replaced port had still in its queue is about a page that is gone.
    if (port !== this.#port) return;
    switch (message?.type) {
      case "ready":
        return void this.#tell("ready");
      case "resize":
        return this.#resize(message.height);
      case "redirect":
        return this.#redirect(port, message.url);
      case "status":
        return this.#status(message);
      case "error":
        return void this.#tell("error", { code: String(message.code) });
    }
  }

  #resize(wanted) {
    if (!Number.isFinite(wanted)) return;
    const height = Math.max(HEIGHT_FLOOR_PX, Math.ceil(wanted));
    this.#frame.style.blockSize = `${height}px`;
    this.#tell("resize", { height });
  }

  // The whole tab leaves for a page of Kasir's and for no other; from there the customer is sent on.
  #redirect(port, url) {
    if (!isOurs(url) || !this.#tell("redirect", { url }, true)) return port.postMessage({ type: "stay" });
    port.postMessage({ type: "leaving" });
    window.location.assign(url);
  }

  #status({ status, session, version }) {
    const news = `${status} ${session} ${version}`;
    if (!STATUSES.includes(status) || this.#told.has(news)) return;
    this.#told.add(news);
    this.#tell(status, { session, version });
  }

  #tell(what, detail = {}, cancelable = false) {
    const event = new CustomEvent(`kasir:${what}`, { detail, cancelable, bubbles: true, composed: true });
    return this.dispatchEvent(event);
  }
}

// An origin alone would not do: a blob: address carries its maker's.
function isOurs(url) {
  try {
    return new URL(url).href.startsWith(`${ORIGIN}/`);
  } catch {
    return false;
  }
}

if (globalThis.customElements && !customElements.get(NAME)) {
  customElements.define(NAME, KasirCheckout);
}
