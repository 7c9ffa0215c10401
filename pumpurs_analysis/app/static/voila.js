// Begins a page in Voila: draws what stands in the HTML at once and talks to the kernel itself, so that
// nothing of JupyterLab is loaded.

import { Page, sameQuery } from "./kit.js";

const PROTOCOL = "v1.kernel.websocket.jupyter.org"; // Voila understands no older one

// Speaks just enough of the Jupyter protocol to send a widget's messages and hear its answers.
class Kernel {
  constructor({ base, kernel, model, state, onGone }) {
    Object.assign(this, { base, kernel, model, state, onGone });
    this.hears = {};
    this.unsent = [];
    this.session = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
    this.sent = 0;
    this.open();
    addEventListener("pagehide", () => this.leave());
  }

  get(name) {
    return this.state[name];
  }

  on(event, hear) {
    this.hears[event] = hear;
  }

  open() {
    const address = `${location.origin.replace(/^http/, "ws")}${this.base}api/kernels/${this.kernel}/channels`;
    const socket = (this.socket = new WebSocket(`${address}?session_id=${this.session}`, PROTOCOL));
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.tries = 0;
      this.unsent.splice(0).forEach((message) => socket.send(message));
    };
    socket.onmessage = ({ data }) => this.hear(data);
    socket.onclose = () => this.again();
  }

  async again() {
    if (this.left) return;
    this.tries = (this.tries ?? 0) + 1;
    const alive = await fetch(`${this.base}api/kernels/${this.kernel}`).then((answer) => answer.ok, () => null);
    if (alive === false || this.tries > 3) return this.lost();
    setTimeout(() => this.open(), 700 * this.tries);
  }

  lost() {
    this.left = true;
    this.socket.close();
    this.onGone();
  }

  leave() {
    if (this.left) return;
    this.left = true;
    const xsrf = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)?.[1] ?? "";
    const address = `${this.base}voila/api/shutdown/${this.kernel}`;
    fetch(address, { method: "POST", keepalive: true, headers: { "X-XSRFToken": xsrf } }).catch(() => {});
    addEventListener("pageshow", (event) => event.persisted && location.reload());
  }

  // As anywidget's models have it: (content, callbacks, buffers).
  send(content, _callbacks, buffers = []) {
    const header = {
      msg_id: `${this.session}_${++this.sent}`, msg_type: "comm_msg", session: this.session,
      username: "", date: new Date().toISOString(), version: "5.3",
    };
    const data = pack("shell", header, {}, {}, { comm_id: this.model, data: { method: "custom", content } }, ...buffers);
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(data);
    else this.unsent.push(data);
  }

  hear(data) {
    const { kind, content, buffers } = unpack(data);
    if (kind === "status" && /restarting|dead/.test(content.execution_state)) return this.lost();
    if (kind !== "comm_msg" || content.comm_id !== this.model) return;
    if (content.data.method === "custom") this.hears["msg:custom"](content.data.content, buffers);
    if (content.data.method === "update") {
      Object.assign(this.state, content.data.state);
      if ("revision" in content.data.state) this.hears["change:revision"]();
    }
  }
}

// A message is the number of offsets, the offsets (where each piece begins and the last ends), the pieces:
// channel, header, parent header, metadata, content, buffers.
function pack(...pieces) {
  const bytes = pieces.map((piece) =>
    piece instanceof Uint8Array ? piece : new TextEncoder().encode(typeof piece === "string" ? piece : JSON.stringify(piece))
  );
  const offsets = [8 * (bytes.length + 2)];
  bytes.forEach((one) => offsets.push(offsets.at(-1) + one.length));
  const numbers = new BigUint64Array([offsets.length, ...offsets].map(BigInt));
  return new Blob([numbers, ...bytes]);
}

function unpack(data) {
  const view = new DataView(data);
  const count = Number(view.getBigUint64(0, true));
  const offsets = Array.from({ length: count }, (_, at) => Number(view.getBigUint64(8 * (at + 1), true)));
  const pieces = offsets.slice(1).map((end, at) => data.slice(offsets[at], end));
  const read = (piece) => JSON.parse(new TextDecoder().decode(piece));
  return { kind: read(pieces[1]).msg_type, content: read(pieces[4]), buffers: pieces.slice(5) };
}

// Voila: the page stands in the HTML, as last known and then, if that has changed, as its kernel drew it.
const told = (id) => JSON.parse(document.getElementById(id).textContent);
const first = told("pumpurs-first");
const asked = location.search;
let page;

function show(state) {
  page ??= new Page(document.getElementById("pumpurs"), { ownsDocument: true, words: state.words, known });
  page.show(state);
}

// Shown while the kernel starts: the whole page in the other language.
function known({ kind, value }) {
  const isWhole = !page.channel && kind === "language" && first.includes(page.state);
  return isWhole ? first.find(({ language }) => language === value) : undefined;
}

function connect() {
  const { model, query, state } = told("pumpurs-page");
  const drawn = state ?? first.find((one) => one.query === query);
  const isSeen = page?.state.query === query;
  if (isSeen ? state : !page?.waiting.length) show(drawn); // else a step of the visitor's is answered
  const config = told("jupyter-config-data");
  page.connect(new Kernel({
    base: config.baseUrl, kernel: config.kernelId, model, state: { ...drawn }, onGone: () => page.gone(),
  }));
  addEventListener("popstate", () => page.ask({ kind: "query", query: location.search }));
}

const last = asked ? first.find(({ query }) => sameQuery(query, asked)) : first[0];
if (last) show(last);
addEventListener("pumpurs:failed", () => page?.gone());
if (document.getElementById("pumpurs-page")) connect();
else addEventListener("pumpurs:page", connect, { once: true });
