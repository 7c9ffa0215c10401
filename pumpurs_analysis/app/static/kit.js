// Draws a page from its parts (see app/parts.py) and tells Python what the visitor does.
// No words here: every text comes with the page. Text is only ever set as text, never as HTML.
// In Voila voila.js uses this module; in JupyterLab anywidget calls `render`.

const GAP = 16; // between cards
const NARROW = 420; // a card narrower than this takes a chart's narrow height
const TALL = 800; // a chart higher than this is folded until asked for whole
const STACKS = 4; // columns, or three of words, from which a phone writes each row as a list
const FIRST_ROWS = 50;
const FIRST_ROWS_NARROW = 8; // where the table does not scroll inside its card
const ICONS = {
  up: "M8 4 L13 11 H3 Z",
  down: "M8 12 L3 5 H13 Z",
  both: "M8 2 L12 7 H4 Z M8 14 L4 9 H12 Z",
  close: "M4 3 L8 7 L12 3 L13 4 L9 8 L13 12 L12 13 L8 9 L4 13 L3 12 L7 8 L3 4 Z",
  error: "M5 0.5 H11 L15.5 5 V11 L11 15.5 H5 L0.5 11 V5 Z M5.2 4.1 L4.1 5.2 L6.9 8 L4.1 10.8 L5.2 11.9 L8 9.1 L10.8 11.9 L11.9 10.8 L9.1 8 L11.9 5.2 L10.8 4.1 L8 6.9 Z",
  warning: "M8 1 L15.8 15 H0.2 Z M7.1 6 V10.6 H8.9 V6 Z M7.1 11.8 V13.4 H8.9 V11.8 Z",
  note: "M8 0.5 A7.5 7.5 0 1 1 8 15.5 A7.5 7.5 0 1 1 8 0.5 Z M7.1 7 V12 H8.9 V7 Z M7.1 4 V5.7 H8.9 V4 Z",
  plain: "M8 0.5 A7.5 7.5 0 1 1 8 15.5 A7.5 7.5 0 1 1 8 0.5 Z M6.9 11.6 L12.4 5.8 L11.2 4.6 L6.9 9.2 L4.8 7.1 L3.6 8.3 Z",
  files: "M3 1 H9 L13 5 V9 H11.5 V6 H8 V2.5 H4.5 V13.5 H8 V15 H3 Z M12.5 10 L16 13.5 H13.3 V16 H11.7 V13.5 H9 Z",
  tick: "M6.2 13 L1.8 8.6 L3.2 7.2 L6.2 10.2 L12.8 3.4 L14.2 4.8 Z",
  save: "M7 2 H9 V8 H12 L8 12 L4 8 H7 Z M3 13 H13 V14.5 H3 Z",
};

// ---------------------------------------------------------------- small builders

function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (value === "" && name !== "value") continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") Object.entries(value).forEach(([k, v]) => node.style.setProperty(k, v));
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== ""));
  return node;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  svg.setAttribute("fill-rule", "evenodd");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

const fill = (text, places) => text.replace(/\{(\w+)\}/g, (whole, key) => places[key] ?? whole);
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
const number = (count, words) => String(count).replace(/\B(?=(\d{3})+$)/g, words.group);
const UNSEEN = 60; // milliseconds of drawing before what was drawn is let be seen
const frame = () => new Promise((done) => requestAnimationFrame(() => done()));

export function sameQuery(one, other) {
  const sorted = (text) => [...new URLSearchParams(text)].map(String).sort().join("&");
  return sorted(one) === sorted(other);
}

function saveAs(name, content) {
  const address = URL.createObjectURL(content);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

const fileName = (title, ending) => `${fold(title).replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "")}.${ending}`;

function pieces(row) {
  return row.map((piece) =>
    typeof piece === "string" ? piece : h("a", { href: safe(piece.href) }, piece.text)
  );
}

// To another page, or the page's own name.
const way = (one) => (one.href ? h("a", { href: safe(one.href) }, one.text) : h("span", { "aria-current": "page" }, one.text));

function safe(href) {
  return /^[a-z][a-z0-9+.-]*:/i.test(href) && !/^(https?|mailto):/i.test(href) ? undefined : href;
}

function block(one) {
  if (one.p) return h("p", {}, pieces(one.p));
  if (one.ul) return h("ul", {}, one.ul.map((item) => h("li", {}, pieces(item))));
  return h("dl", {}, one.dl.map(([label, value]) => h("div", {}, h("dt", {}, label), h("dd", {}, pieces(value)))));
}

// ---------------------------------------------------------------- plotly, once per document

let plotly;
function plotlyReady(page) {
  plotly ??= new Promise((done) => {
    if (globalThis.Plotly) return done(globalThis.Plotly);
    const script = document.getElementById("pumpurs-plotly");
    if (script) return script.addEventListener("load", () => done(globalThis.Plotly));
    page.ask({ kind: "assets" }); // JupyterLab: no server of ours, so Python sends it
    page.onAssets = ([code, css]) => {
      document.head.append(h("style", {}, new TextDecoder().decode(css)));
      const tag = h("script", { src: URL.createObjectURL(new Blob([code], { type: "text/javascript" })) });
      tag.addEventListener("load", () => done(globalThis.Plotly));
      document.head.append(tag);
    };
  });
  return plotly;
}

// ---------------------------------------------------------------- the page

export class Page {
  // known: gives a state that can be shown before Python answers a message.
  constructor(root, { ownsDocument, words, known }) {
    Object.assign(this, { root, ownsDocument, words, known });
    this.cards = new Map(); // part id -> {json, node, ui, dispose}
    this.waiting = [];
    this.status = h("p", { class: "unseen", role: "status" });
    this.grid = h("div", { class: "grid" });
    root.classList.add("pumpurs");
    root.replaceChildren(this.status, this.grid);
    this.toDraw = Promise.resolve();
    this.seen = 0;
    this.unseen = [];
    if (ownsDocument) {
      addEventListener("beforeprint", () => {
        this.isPrinting = true;
        this.cards.forEach(inColumns);
      });
      addEventListener("afterprint", () => {
        this.isPrinting = false;
        root.querySelectorAll(".columns").forEach((one) => one.remove());
      });
    }
  }

  // channel: {get, on, send}; anywidget's model, or our own to the kernel.
  connect(channel) {
    this.channel = channel;
    channel.on("change:revision", () => this.take(channel));
    channel.on("msg:custom", (message, buffers) => this.receive(message, buffers));
    this.waiting.splice(0).forEach((message) => channel.send(message));
  }

  take(source) {
    const names = ["language", "title", "query", "parts", "words"];
    this.show(Object.fromEntries(names.map((name) => [name, source.get(name)])));
    this.status.textContent = this.result() || this.words.updated;
  }

  ask(message) {
    if (message.kind !== "assets") {
      this.root.setAttribute("aria-busy", "true");
      clearTimeout(this.slow);
      this.slow = setTimeout(() => (this.status.textContent = this.words.wait), 1500);
      this.acting = message.kind !== "query";
      const ready = this.known?.(message);
      if (ready) this.show(ready);
    }
    if (this.channel) this.channel.send(message);
    else this.waiting.push(message);
  }

  receive(message, buffers) {
    if (message.kind === "done") {
      clearTimeout(this.slow);
      this.root.removeAttribute("aria-busy");
    } else if (message.kind === "assets") this.onAssets(buffers);
    else if (message.kind === "upload") this.job?.hear(message);
    else if (message.kind === "problem") this.root.querySelectorAll(".marking .problem").forEach((one) => (one.textContent = this.words[message.word]));
    else if (message.kind === "file") {
      if (buffers?.length) saveAs(message.name, new Blob([buffers[0]]));
      else this.status.textContent = this.words.file_failed;
    }
  }

  result() {
    return this.state.parts.find((part) => part.result)?.result ?? "";
  }

  show(state) {
    const focus = this.focused();
    const relabel = this.state?.language !== state.language;
    if (this.state) this.seen = performance.now(); // drawn anew: nothing is seen of it before its charts
    this.state = state;
    this.width = this.root.clientWidth; // asked once: every asking costs a layout
    this.isNarrow = this.width < NARROW;
    this.words = state.words;
    this.root.lang = state.language;
    this.hasSections = state.parts.some((part) => part.kind === "section");
    if (this.ownsDocument) this.address();
    const kept = new Set(state.parts.map((part) => part.id));
    for (const [id, card] of this.cards) {
      if (kept.has(id)) continue;
      card.dispose?.();
      card.node.remove();
      this.cards.delete(id);
    }
    state.parts.forEach((part, place) => {
      const node = this.card(part, relabel).node;
      if (this.grid.children[place] !== node) this.grid.insertBefore(node, this.grid.children[place] ?? null);
    });
    this.rest();
    this.refocus(focus);
    this.lead();
    if (this.ownsDocument) document.body.classList.add("has-page");
  }

  // An address may name a part: it is brought into view once.
  lead() {
    const card = this.ownsDocument && !this.wasLed && this.cards.get(location.hash.slice(1));
    if (card) requestAnimationFrame(() => card.node.scrollIntoView());
    this.wasLed ||= Boolean(card);
  }

  card(part, relabel) {
    const json = JSON.stringify(part) + (part.picks ? this.chosen(part.picks) : "");
    const card = this.cards.get(part.id) ?? { ui: {} };
    if (card.json === json && !relabel) return card;
    const old = card.node;
    card.json = json;
    card.node = draw[part.kind](this, part, card);
    card.node.dataset.part = part.id;
    card.node.classList.add("part", `w${part.width}`);
    old?.replaceWith(card.node);
    this.cards.set(part.id, card);
    return card;
  }

  // The address follows the view: a step of the visitor's can be taken back.
  address() {
    const { language, title, query } = this.state;
    document.documentElement.lang = language;
    document.title = title;
    if (!location.search && !this.acting) return;
    const step = this.acting ? "pushState" : "replaceState";
    this.acting = false;
    const follow = () => sameQuery(location.search, query) || history[step](null, "", `?${query}`);
    frame().then(() => setTimeout(follow)); // browsers take long over it: the first chart goes before
  }

  focused() {
    const active = document.activeElement;
    if (!this.root.contains(active) || !active.dataset.key) return null;
    return { key: active.dataset.key, part: active.closest("[data-part]")?.dataset.part, at: active.selectionStart };
  }

  refocus(focus) {
    if (!focus || this.root.contains(document.activeElement)) return;
    const part = this.cards.get(focus.part)?.node;
    const same = part?.querySelector(`[data-key="${CSS.escape(focus.key)}"]:not(:disabled)`);
    const near = same ?? part?.querySelector("select, button:not(:disabled), input");
    near?.focus({ preventScroll: true });
    if (same?.type === "search") same.setSelectionRange(focus.at, focus.at);
  }

  // Charts are drawn one after another, and seen as soon as some time has gone into them.
  soon(job) {
    const turn = async () => {
      if (performance.now() - this.seen > UNSEEN) {
        await frame();
        this.seen = performance.now();
      }
      await job();
    };
    this.toDraw = this.toDraw.then(turn).catch((error) => console.error(error));
  }

  // What nobody sees yet waits until all charts are drawn.
  rest() {
    const waiting = this.unseen.splice(0);
    if (waiting.length) this.soon(() => (globalThis.requestIdleCallback ?? setTimeout)(() => waiting.forEach((job) => job())));
  }

  gone() {
    if (this.isGone) return;
    this.isGone = true;
    const words = this.words;
    const again = h("button", { type: "button", class: "primary", onclick: () => location.reload() }, words.reload);
    const text = h("div", {}, h("strong", {}, words.gone_title), h("span", {}, words.gone_text));
    this.root.before(h("div", { class: "pumpurs gone-notice", role: "alert" }, text, again));
    this.root.classList.add("is-gone");
    this.root.inert = true;
    this.root.removeAttribute("aria-busy");
    again.focus({ preventScroll: true });
  }

  // Pixels that a chart has in a card of so many columns of twelve; as in kit.css.
  roomFor(columns) {
    const { width } = this;
    const span = width < 700 ? 12 : width >= 1020 ? columns : [3, 4, 6].includes(columns) ? 6 : 12;
    return (width + GAP) * (span / 12) - GAP - (width > NARROW ? 38 : 26);
  }

  // A table that is opened leaves the charts beside it as they are.
  hold() {
    const shown = [...this.root.querySelectorAll(".window")].map((one) => [one, one.clientHeight]);
    shown.forEach(([one, height]) => (one.style.flex = `0 0 ${height}px`));
  }

  heading(text, attributes = {}) {
    return h(this.hasSections ? "h3" : "h2", { class: "card-title", ...attributes }, text);
  }

  subheading(text) {
    return h(this.hasSections ? "h4" : "h3", { class: "form-title" }, text);
  }

  // A filter of a list in the browser comes before the page's own of that name.
  listWith(name) {
    return [...this.cards.values()].find((card) => card.filters?.includes(name));
  }

  chosen(name) {
    const list = this.listWith(name);
    if (list) return list.ui.chosen[name] ?? "";
    const filters = this.state.parts.find((part) => part.kind === "filters")?.filters ?? [];
    return filters.find((one) => one.name === name)?.value ?? "";
  }

  pick(name, value) {
    const wanted = this.chosen(name) === value ? "" : value;
    const list = this.listWith(name);
    if (!list) return this.ask({ kind: "filter", name, value: wanted });
    list.choose(name, wanted);
    if (wanted) list.node.scrollIntoView({ block: "start" });
  }

  // Tables that pick a list's filter show what is picked.
  repick(name) {
    const focus = this.focused();
    this.state.parts.filter((part) => part.picks === name).forEach((part) => {
      this.cards.get(part.id).json = "";
      this.card(part);
    });
    this.refocus(focus);
  }
}

// ---------------------------------------------------------------- parts

const draw = {
  head(page, part) {
    const words = page.words;
    const languages = ["lv", "en"].map((code) =>
      h(
        "button",
        {
          type: "button", lang: code, "data-key": `language-${code}`, "aria-label": words[`${code}_name`],
          "aria-pressed": String(code === page.state.language),
          onclick: () => code !== page.state.language && page.ask({ kind: "language", value: code }),
        },
        words[code]
      )
    );
    return h(
      "div", { class: "head" },
      h(
        "div", { class: "head-text" },
        h("h1", { id: "page-title", tabindex: "-1" }, part.title),
        part.badge ? h("p", { class: `badge ${part.badge_tone}` }, part.badge) : null,
        part.subtitle ? h("p", { class: "subtitle" }, part.subtitle) : null
      ),
      part.actions.length ? h("p", { class: "actions" }, pieces(part.actions)) : null,
      h("div", { class: "languages", role: "group", "aria-label": words.languages }, languages),
      part.links.length ? h("nav", { class: "links", "aria-label": words.pages }, part.links.map(way)) : null
    );
  },

  filters(page, part) {
    const words = page.words;
    const fields = part.filters.map((one) => {
      const options = one.choices.map(({ value, label }) => h("option", { value, selected: value === one.value }, label));
      const id = `filter-${one.name}`;
      const select = h(
        "select",
        { id, "data-key": id, onchange: () => page.ask({ kind: "filter", name: one.name, value: select.value }) },
        options
      );
      return h("div", { class: one.value ? "field is-set" : "field" }, h("label", { for: id }, one.label), select);
    });
    const active = part.filters.filter((one) => one.value);
    const chips = active.map((one) => {
      const value = one.choices.find((choice) => choice.value === one.value)?.label ?? one.value;
      return h(
        "li", {},
        h(
          "button",
          {
            type: "button", class: "chip", "data-key": `chip-${one.name}`,
            "aria-label": fill(words.remove, { label: one.label, value }),
            onclick: () => page.ask({ kind: "filter", name: one.name, value: "" }),
          },
          `${one.label}: ${value}`, icon("close")
        )
      );
    });
    const clear = h(
      "button",
      { type: "button", class: "clear", "data-key": "clear", disabled: !active.length, onclick: () => page.ask({ kind: "clear" }) },
      words.clear
    );
    return h(
      "section", { class: "card filters", "aria-label": words.filters },
      h("div", { class: "fields" }, fields, h("div", { class: "field field-button" }, clear)),
      active.length || part.result
        ? h(
            "div", { class: "active" },
            active.length ? h("ul", { "aria-label": words.active }, chips) : null,
            part.result ? h("p", { class: "result" }, part.result) : null
          )
        : null
    );
  },

  tiles(page, part) {
    const tiles = part.tiles.map((tile) =>
      h(
        "div", { class: `card tile ${tile.tone}` },
        h("dt", {}, tile.label),
        h("dd", { class: "value" }, tile.href ? h("a", { href: safe(tile.href), "aria-label": `${tile.label}: ${tile.value}` }, tile.value) : tile.value),
        tile.note ? h("dd", { class: "note" }, tile.note) : null
      )
    );
    return h("dl", { class: "tiles", "aria-label": page.words.numbers }, tiles);
  },

  section(page, part) {
    return h("div", { class: "section" }, h("h2", {}, part.title), part.intro ? h("p", {}, part.intro) : null);
  },

  prose(page, part, card) {
    const title = part.title ? page.heading(part.title) : null;
    const role = part.tone === "error" ? "alert" : undefined;
    const blocks = part.blocks.map(block);
    return h("section", { class: `card prose ${part.tone}`, role }, title, part.fold ? unfolding(card.ui, part.fold, {}, blocks) : blocks);
  },

  foot(page, part) {
    return h("div", { class: "foot prose" }, part.blocks.map(block));
  },

  downloads(page, part) {
    const words = page.words;
    const offers = part.offers.map(({ name, label, note }) =>
      h(
        "li", {},
        h(
          "button",
          {
            type: "button", class: "offer", "data-key": `download-${name}`,
            onclick: () => page.ask({ kind: "download", part: part.id, format: name }),
          },
          icon("save"), h("span", {}, h("span", { class: "unseen" }, `${words.download_file}: `), label)
        ),
        note ? h("p", {}, note) : null
      )
    );
    return h("section", { class: "card downloads" }, page.heading(part.title), h("ul", {}, offers));
  },

  drop(page, part, card) {
    card.part = part;
    card.zone = h("div", { class: "zone" });
    paintZone(page, card);
    if (!card.dispose) catchFiles(page, card);
    const result = part.result ? h("p", { class: `outcome ${part.result_tone}` }, icon(part.result_tone), h("span", {}, part.result)) : null;
    return h("section", { class: "card drop" }, page.heading(part.title), h("p", { class: "drop-text" }, part.text), card.zone, result);
  },

  form(page, part, card) {
    card.part = part;
    const { ui } = card;
    if (ui.about !== part.about) Object.assign(ui, { about: part.about, written: {}, taken: {}, files: ui.files ?? [] });
    card.zone = h("div", { class: "zone zone-make" });
    paintZone(page, card);
    const field = (line) => { // as high as what is written needs, though it is one line
      const id = `${part.id}-${line.name}`;
      const input = h("textarea", {
        id, rows: 1, maxlength: line.longest, "data-key": id,
        oninput: () => (ui.written[line.name] = input.value), onkeydown: (event) => event.key === "Enter" && event.preventDefault(),
      }, ui.written[line.name] ?? line.value);
      return h("div", { class: "field" }, h("label", { for: id }, line.label), input);
    };
    const choices = part.choices.map((one) => {
      const id = `${part.id}-${one.name}`;
      const chosen = ui.written[one.name] ?? one.value;
      const options = one.choices.map(({ value, label }) => h("option", { value, selected: value === chosen }, label));
      const select = h("select", { id, "data-key": id, onchange: () => (ui.written[one.name] = select.value) }, options);
      return h("div", { class: "field" }, h("label", { for: id }, one.label), select);
    });
    const picks = part.picks.map((one) => {
      const id = `${part.id}-take-${one.name}`;
      const box = h("input", {
        id, type: "checkbox", "data-key": id, checked: one.line ? ui.taken[one.name] ?? one.is_on : false, disabled: !one.line,
        onchange: () => (ui.taken[one.name] = box.checked),
      });
      const line = one.line ? field(one.line) : null;
      return h("li", { class: one.line ? "" : "is-closed" }, h("div", { class: "take" }, box, h("label", { for: id }, one.label)), one.note ? h("p", { class: "note" }, one.note) : null, line);
    });
    const result = part.result ? h("p", { class: `outcome ${part.result_tone}` }, icon(part.result_tone), h("span", {}, part.result)) : null;
    return h(
      "section", { class: "card form" }, page.heading(part.title), h("p", { class: "drop-text" }, part.text),
      part.lines.length + choices.length ? h("div", { class: "fields" }, part.lines.map((line) => field(line)), choices) : null,
      picks.length ? [page.subheading(part.picks_title), h("ul", { class: "picks" }, picks)] : null,
      part.files.label ? formFiles(part, ui) : null,
      card.zone, result
    );
  },

  findings(page, part, card) {
    return h("section", { class: "card findings" }, cardHead(page, part), findingsBody(page, part, card));
  },

  table(page, part, card) {
    return h("section", { class: "card table-card" }, cardHead(page, part), tableBody(page, part, card.ui), footnote(page, part, card.ui));
  },

  chart(page, part, card) {
    const words = page.words;
    const titleId = `title-${part.id}`;
    card.plot ??= h("div", { class: "plot" });
    const plot = card.plot;
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", `${part.title}. ${part.summary}`);
    const height = heightOf(part, page.roomFor(part.width));
    plot.classList.toggle("picks", Boolean(part.picks));
    card.part = part;
    const save = h(
      "button",
      { type: "button", class: "small", "data-key": "png", "aria-label": fill(words.png_of, { title: part.title }), onclick: () => savePng(page, card) },
      icon("save"), words.png
    );
    page.soon(() => drawChart(page, card));
    const inWindow = h("div", { class: "window", style: { "--height": `${height}px`, "--most": most(part.figure.layout) } }, plot);
    if (!card.observer) {
      card.observer = new ResizeObserver(() => {
        if (!plot.isConnected || !card.drawn || card.drawn === area(plot)) return;
        if (parseInt(card.drawn, 10) !== plot.clientWidth) plot.parentNode.style.flex = "";
        page.soon(() => page.isPrinting || drawChart(page, card)); // its columns are of the drawing that was
      });
      card.observer.observe(plot);
      card.dispose = () => {
        card.observer.disconnect();
        globalThis.Plotly?.purge(plot);
      };
    }
    return h(
      "section", { class: "card chart-card", "aria-labelledby": `${titleId} ${titleId}-about` },
      cardHead(page, part, [save], titleId),
      h("figure", {}, inWindow, height > TALL ? wholeButton(page, card, inWindow) : null, footnote(page, part, card.ui, "figcaption")),
      part.table ? folded(page, part, card) : null
    );
  },
};

function wholeButton(page, card, shown) {
  const { words } = page;
  const button = h("button", {
    type: "button", class: "small whole", "data-key": "whole", onclick: () => { card.ui.whole = !card.ui.whole; fit(); },
  });
  function fit() {
    shown.style.flex = ""; // as after Page.hold
    shown.classList.toggle("is-folded", !card.ui.whole);
    button.textContent = card.ui.whole ? words.chart_less : words.chart_whole;
    button.setAttribute("aria-expanded", String(Boolean(card.ui.whole)));
  }
  fit();
  return button;
}

function cardHead(page, part, buttons = [], id = undefined) {
  const downloads = (part.downloads ?? []).map((form) => downloadButton(page, part, form));
  const other = part.subtitle_narrow; // of the drawing that a narrow card shows instead
  const subtitle = other ? [h("span", { class: "if-wide" }, part.subtitle), h("span", { class: "if-narrow" }, other)] : part.subtitle;
  return h(
    "div", { class: "card-head" },
    h("div", {}, page.heading(part.title, { id }), subtitle ? h("p", { class: "card-subtitle", id: id && `${id}-about` }, subtitle) : null),
    h("div", { class: "card-buttons" }, buttons, downloads)
  );
}

function downloadButton(page, part, form) {
  const words = page.words;
  const places = { format: form.toUpperCase(), title: part.title };
  return h(
    "button",
    {
      type: "button", class: "small", "data-key": `download-${form}`, "aria-label": fill(words.download_of, places),
      onclick: () => page.ask({ kind: "download", part: part.id, format: form }),
    },
    icon("save"), form.toUpperCase()
  );
}

// First what belongs to the numbers, then how they were counted, which a phone shows when asked.
// What belongs to the numbers is seen; how they were counted, when asked.
function footnote(page, part, ui, tag = "div") {
  if (!part.footnote?.length) return null;
  const [first, ...notes] = part.footnote;
  const rest = h("div", { class: "notes" }, notes.map((line) => h("p", {}, line)));
  const button = h("button", {
    type: "button", class: "pick notes-button", "data-key": "notes", onclick: () => { ui.notes = !ui.notes; show(); },
  }, page.words.notes);
  const show = () => {
    rest.classList.toggle("is-shown", Boolean(ui.notes));
    button.setAttribute("aria-expanded", String(Boolean(ui.notes)));
  };
  show();
  const asked = [notes.length ? button : null, part.why ? h("span", {}, pieces([part.why])) : null].filter(Boolean);
  return h(tag, { class: "footnote" }, h("p", {}, first), asked.length ? h("div", { class: "asked" }, asked) : null, notes.length ? rest : null);
}

// The table under a chart is written when there is time for it, or at once when it is asked for.
function folded(page, part, card) {
  const { words } = page;
  const { table } = part;
  const content = h("div");
  const write = () => {
    if (content.firstChild) return;
    const buttons = table.downloads.map((form) => downloadButton(page, table, form));
    content.append(tableBody(page, table, (card.ui.table ??= {})), ...(buttons.length ? [h("div", { class: "card-buttons" }, buttons)] : []));
  };
  if (card.ui.open) write();
  else page.unseen.push(() => content.isConnected && write());
  const label = fill(words.table_of, { title: part.title });
  return unfolding(card.ui, words.table, { "aria-label": label, onclick: () => { write(); page.hold(); } }, content);
}

function unfolding(ui, words, options, content) {
  const fold = h(
    "details", { open: ui.open, ontoggle: () => (ui.open = fold.open) },
    h("summary", { "data-key": "fold", ...options }, words), content
  );
  return fold;
}

// ---------------------------------------------------------------- table

const isOfWords = ({ columns }) => columns.filter((column) => !column.numeric).length > 2;
const stacks = (part) => part.columns.length >= STACKS || isOfWords(part);

// A table comes by column, each different cell once; here every row has its own.
function withRows(part) {
  const { columns, rows } = part;
  const row = (_, at) => ({
    cells: columns.map((column) => column.cells[column.at[at]]),
    ...Object.fromEntries(Object.entries(rows).map(([name, values]) => [name, values[at]])),
  });
  return { ...part, rows: columns.length ? columns[0].at.map(row) : [] };
}

function tableBody(page, packed, ui) {
  const part = withRows(packed);
  const words = page.words;
  const texts = part.rows.map((row) => fold(row.cells.map((cell) => cell[0]).join(" ")));
  const body = h("tbody", { role: "rowgroup" }); // roles, since a phone shows rows as blocks
  const count = h("p", { class: "count", role: "status" });
  const more = h("button", { type: "button", class: "more", "data-key": "all", onclick: () => { ui.all = true; refill(); } });
  const sorters = part.columns.map((column, place) =>
    h("button", { type: "button", class: "sorter", "data-key": `sort-${place}`, onclick: () => sort(place) }, column.label, icon("both"))
  );
  const hasMarks = part.rows.some((row) => row.finding);
  const markHead = hasMarks ? h("th", { scope: "col", role: "columnheader", class: "tick-head" }, words.mark) : null;
  const heads = part.columns.map((column, place) =>
    h("th", { scope: "col", role: "columnheader", class: column.numeric ? "number" : "" }, sorters[place])
  );
  const isCrowded = part.columns.length > CROWDED;
  const hasRoom = part.width === 12 && page.width >= 1020;
  if (isCrowded || hasRoom) heads.forEach((head, place) => !part.columns[place].numeric && leaveRoom(head, part, place, isCrowded));
  const scroller = h(
    "div", { class: "scroller", tabindex: "0", role: "region", "aria-label": fill(words.table_of, { title: part.title }), "data-key": "scroller" },
    h("table", { role: "table" }, h("caption", { class: "unseen" }, part.title), h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, markHead, heads)), body)
  );
  scroller.classList.toggle("stacks", stacks(part));
  scroller.classList.toggle("crowded", isCrowded);
  scroller.classList.toggle("words", isOfWords(part));
  scroller.classList.toggle("is-empty", !part.rows.length);
  const search = part.search && part.rows.length ? searchBox(page, part, ui, () => refill()) : null;
  const by = stacks(part) && part.rows.length > 1 ? sortBox(page, part, ui, refill) : null;

  function sort(place) {
    const first = part.columns[place].numeric ? -1 : 1; // numbers start with the largest, names with A
    ui.sort = ui.sort?.place === place ? { place, way: -ui.sort.way } : { place, way: first };
    refill();
  }

  function order(rows) {
    if (!ui.sort) return rows;
    const { place, way } = ui.sort;
    const value = (at) => part.rows[at].cells[place][1];
    const missing = (at) => value(at) === null;
    return [...rows].sort((a, b) => missing(a) - missing(b) || way * (value(a) - value(b)) || a - b);
  }

  function rowsOf(row) {
    if (!row.finding) return [tableRow(page, part, row)];
    const isOpen = ui.marking === row.finding && !row.is_marked;
    return [tableRow(page, part, row, tickBox(page, part, row, ui, refill)), ...(isOpen ? [markRow(page, part, row, ui, refill)] : [])];
  }

  function refill() {
    const wanted = fold(ui.search ?? "").split(/\s+/);
    const found = texts.map((_, at) => at).filter((at) => wanted.every((word) => texts[at].includes(word)));
    const shown = ui.all ? found : found.slice(0, page.isNarrow ? FIRST_ROWS_NARROW : FIRST_ROWS);
    body.replaceChildren(...order(found).slice(0, shown.length).flatMap((at) => rowsOf(part.rows[at])));
    const none = part.rows.length ? words.nothing : words.none;
    if (!found.length) body.append(h("tr", { role: "row" }, h("td", { role: "cell", colspan: part.columns.length + hasMarks, class: "nothing" }, none)));
    const places = { shown: number(shown.length, words), all: number(part.rows.length, words) };
    count.textContent = fill(words.shown, places);
    count.hidden = !part.rows.length || (part.rows.length <= 12 && !part.search);
    more.hidden = shown.length === found.length;
    more.textContent = fill(words.show_all, { all: number(found.length, words) });
    by?.show();
    heads.forEach((head, place) => {
      const way = ui.sort?.place === place ? ui.sort.way : 0;
      if (way) head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
      sorters[place].querySelector("svg").replaceWith(icon(way > 0 ? "up" : way < 0 ? "down" : "both"));
    });
  }

  const edge = () => {
    scroller.classList.toggle("has-more", scroller.scrollLeft + scroller.clientWidth < scroller.scrollWidth - 4);
    scroller.classList.toggle("has-below", scroller.scrollTop + scroller.clientHeight < scroller.scrollHeight - 4);
  };
  scroller.addEventListener("scroll", edge, { passive: true });
  new ResizeObserver(edge).observe(scroller);

  refill();
  return h("div", { class: "table-body" }, h("div", { class: "table-tools" }, search, by?.node ?? null, count), scroller, more);
}

// Many columns of words would else break names over many short lines: rather the table goes on sideways.
// Where there is room, short names stay in one line.
const CROWDED = 8;
const SHORT = 24; // letters

function leaveRoom(head, part, place, isCrowded) {
  const texts = part.rows.slice(0, FIRST_ROWS).map((row) => row.cells[place][0]);
  const letters = Math.max(0, ...texts.map((text) => text.length));
  if (!isCrowded) {
    if (letters <= SHORT) head.style.minWidth = `${letters * 0.5 + 1.6}rem`;
    return;
  }
  head.style.minWidth = `${Math.min(letters * 0.55 + 1.1, texts.some((text) => LONG.test(text)) || letters > 60 ? 11 : 8)}rem`;
}

// A phone, where rows are lists without a head, orders them by a list of the columns.
function sortBox(page, part, ui, changed) {
  const { words } = page;
  const id = `sort-${part.id}`;
  const first = (place) => (part.columns[place].numeric ? -1 : 1); // numbers start with the largest
  const options = part.columns.map((column, place) => h("option", { value: String(place) }, column.label));
  const select = h("select", {
    id, "data-key": id, onchange: () => {
      ui.sort = select.value === "" ? undefined : { place: +select.value, way: first(+select.value) };
      changed();
    },
  }, h("option", { value: "" }, words.sort_none), options);
  const turn = h("button", {
    type: "button", class: "clear", "data-key": `${id}-turn`, onclick: () => { ui.sort = { ...ui.sort, way: -ui.sort.way }; changed(); },
  }, icon("both"), words.sort_turn);
  const show = () => {
    select.value = ui.sort ? String(ui.sort.place) : "";
    turn.disabled = !ui.sort;
  };
  return { node: h("div", { class: "field sort-by" }, h("label", { for: id }, words.sort_by), h("div", {}, select, turn)), show };
}

function searchBox(page, part, ui, changed) {
  const id = `search-${part.id}`;
  const input = h("input", {
    id, type: "search", "data-key": "search", autocomplete: "off", spellcheck: "false", value: ui.search,
    oninput: () => { ui.search = input.value; ui.all = false; changed(); },
  });
  return h("div", { class: "field" }, h("label", { for: id }, part.search), input);
}

// A file's name may be broken where its parts end, so that it does not push the other columns out.
const LONG = /\S{25,}/;
const breakable = (text) => (LONG.test(text) ? text.split(/(?<=[_./-])/).flatMap((piece) => [piece, h("wbr")]) : text);

function tableRow(page, part, row, tick) {
  const picked = part.picks && row.pick && page.chosen(part.picks) === row.pick;
  const cells = row.cells.map(([text, , href], place) => {
    const column = part.columns[place];
    let inside = href ? h("a", { href: safe(href) }, breakable(text)) : breakable(text);
    if (place === 0 && part.picks && row.pick) inside = pickButton(page, part, row, text, picked);
    const attributes = { class: column.numeric ? "number" : "", "data-label": column.label };
    return place === 0
      ? h("th", { ...attributes, scope: "row", role: "rowheader" }, inside)
      : h("td", { ...attributes, role: "cell" }, h("span", {}, inside));
  });
  const state = picked ? "is-picked" : row.is_marked ? "is-settled" : "";
  return h("tr", { class: state, role: "row" }, row.finding ? h("td", { role: "cell", class: "tick-cell" }, tick) : null, cells);
}

// What the owner has settled is ticked off with a reason; another press takes the mark away.
function tickBox(page, part, row, ui, refill) {
  const { words } = page;
  const about = { row: row.cells.slice(0, 3).map(([text]) => text).join(", ") };
  const press = () => {
    ui.marking = ui.marking === row.finding || row.is_marked ? undefined : row.finding;
    if (row.is_marked) return page.ask({ kind: "mark", part: part.id, finding: row.finding, reason: "", initials: "" });
    refill();
    page.root.querySelector(`[data-part="${part.id}"] .marking input`)?.focus();
  };
  return h("button", {
    type: "button", class: "tick", "data-key": `mark-${row.finding}`, "aria-pressed": String(Boolean(row.is_marked)),
    "aria-label": fill(row.is_marked ? words.mark_drop : words.mark_row, about), onclick: press,
  }, row.is_marked ? icon("tick") : null);
}

function markRow(page, part, row, ui, refill) {
  const { words } = page;
  const line = (name, longest) => {
    const id = `${part.id}-${name}`;
    const input = h("input", { id, maxlength: longest, autocomplete: "off", "data-key": id });
    return { input, node: h("div", { class: `field ${name}` }, h("label", { for: id }, words[name]), input) };
  };
  const [reason, initials] = [line("mark_reason", 200), line("mark_initials", 8)];
  const close = () => { ui.marking = undefined; refill(); };
  const save = (event) => {
    event.preventDefault();
    if (!reason.input.value.trim()) return reason.input.focus();
    page.root.querySelector(`[data-key="${CSS.escape(`mark-${row.finding}`)}"]`).focus(); // where it is once the page is drawn anew
    page.ask({ kind: "mark", part: part.id, finding: row.finding, reason: reason.input.value, initials: initials.input.value });
  };
  const buttons = h(
    "div", { class: "field-button" }, h("button", { type: "submit", class: "primary" }, words.mark_save),
    h("button", { type: "button", class: "clear", onclick: close }, words.mark_cancel)
  );
  const problem = h("p", { class: "problem", role: "alert" });
  const form = h("form", { class: "marking", onsubmit: save }, reason.node, initials.node, buttons, problem);
  return h("tr", { role: "row" }, h("td", { role: "cell", class: "mark-cell", colspan: part.columns.length + 1 }, form));
}

function pickButton(page, part, row, text, picked) {
  return h(
    "button",
    {
      type: "button", class: "pick", "data-key": `pick-${row.pick}`, "aria-pressed": String(Boolean(picked)),
      title: fill(page.words.pick, { value: text }), onclick: () => page.pick(part.picks, row.pick),
    },
    text
  );
}

// ---------------------------------------------------------------- files from the visitor

const PIECE = 1 << 20; // bytes in one message: servers refuse messages of more than about ten of these
const AHEAD = 4; // pieces on their way at once
const megabytes = (bytes, words) => number(Math.max(1, Math.round(bytes / 1e6)), words);

function formFiles(part, ui) {
  const names = h("p", { class: "zone-hint", role: "status" });
  const files = h("input", { type: "file", hidden: true, multiple: true, accept: part.accepts.filter((one) => one !== ".json").join(","), onchange: () => show([...files.files]) });
  const clear = h("button", { type: "button", class: "clear", "data-key": "files-clear", onclick: () => show([]) }, part.files.clear);
  const show = (chosen) => {
    ui.files = chosen;
    names.textContent = chosen.length ? chosen.map((file) => file.name).join(", ") : part.files.hint;
    clear.hidden = !chosen.length;
  };
  show(ui.files);
  const choose = h("button", { type: "button", class: "clear", "data-key": "files", onclick: () => files.click() }, part.files.label);
  return h("div", { class: "form-files" }, choose, clear, names, files);
}

function filled(part, ui) {
  const written = (line) => (ui.written[line.name] === line.value ? "" : ui.written[line.name] ?? "");
  const taken = part.picks.filter((one) => one.line && (ui.taken[one.name] ?? one.is_on));
  return {
    about: part.about,
    lines: Object.fromEntries(part.lines.map((line) => [line.name, written(line)])),
    choices: Object.fromEntries(part.choices.map((one) => [one.name, ui.written[one.name] ?? one.value])),
    picks: taken.map((one) => ({ name: one.name, text: written(one.line) })),
  };
}

function paintZone(page, card) {
  const { zone, part } = card;
  const words = { ...page.words, ...part.words };
  const { busy, notice } = card.ui;
  const hadFocus = zone.contains(document.activeElement);
  zone.classList.toggle("is-busy", Boolean(busy));
  if (busy) {
    const text = fill(words[busy.word], busy.places);
    const bar = h("progress", { max: 1, value: busy.share, "aria-label": text });
    const stop = h("button", { type: "button", class: "clear", "data-key": "cancel", onclick: () => page.job?.cancel() }, words.drop_cancel);
    zone.replaceChildren(h("p", { class: "zone-title" }, text), bar, stop);
  } else if (part.kind === "form") {
    const make = () => sendFiles(page, card, [new File([JSON.stringify(filled(part, card.ui))], "form.json"), ...card.ui.files]);
    zone.replaceChildren(
      h("button", { type: "button", class: "primary", "data-key": "make", onclick: make }, part.button),
      ...(notice ? [h("p", { class: "outcome warning", role: "alert" }, icon("warning"), h("span", {}, fill(words[notice.word], notice.places)))] : [])
    );
  } else {
    const places = { endings: part.accepts.join(" "), limit: megabytes(part.largest_total, words) };
    const files = h("input", { type: "file", hidden: true, multiple: true, accept: part.accepts.join(","), onchange: () => chosen(files) });
    const folder = h("input", { type: "file", hidden: true, webkitdirectory: true, onchange: () => chosen(folder) });
    const chosen = (input) => input.files.length && sendFiles(page, card, [...input.files]);
    zone.replaceChildren(
      icon("files"),
      h("p", { class: "zone-title" }, words.drop_zone),
      h(
        "div", { class: "zone-buttons" },
        h("button", { type: "button", class: "primary", "data-key": "choose", onclick: () => files.click() }, words.drop_choose),
        h("button", { type: "button", class: "clear", "data-key": "folder", onclick: () => folder.click() }, words.drop_folder)
      ),
      h("p", { class: "zone-hint" }, fill(words.drop_takes, places)),
      ...(notice ? [h("p", { class: "outcome warning", role: "alert" }, icon("warning"), h("span", {}, fill(words[notice.word], notice.places)))] : []),
      files, folder
    );
  }
  if (hadFocus) zone.querySelector("button").focus({ preventScroll: true });
}

// A file dropped beside the zone must not replace the page: wherever it falls, it is taken.
function catchFiles(page, card) {
  const target = page.ownsDocument ? window : page.root;
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  const over = (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    card.zone.classList.toggle("is-over", event.type === "dragover");
  };
  const drop = async (event) => {
    if (!hasFiles(event)) return;
    over(event);
    if (!page.job && !page.isGone) sendFiles(page, card, await droppedFiles(event.dataTransfer));
  };
  const heard = { dragover: over, dragleave: over, drop };
  Object.entries(heard).forEach(([name, hear]) => target.addEventListener(name, hear));
  card.dispose = () => Object.entries(heard).forEach(([name, hear]) => target.removeEventListener(name, hear));
}

async function droppedFiles({ items, files }) {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...files];
  return (await Promise.all(entries.map(filesUnder))).flat();
}

async function filesUnder(entry) {
  if (entry.isFile) return [Object.assign(await new Promise((done, fail) => entry.file(done, fail)), { at: entry.fullPath })];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((done, fail) => reader.readEntries(done, fail)); // a hundred at a time
    if (!some.length) break;
    found.push(...some);
  }
  return (await Promise.all(found.map(filesUnder))).flat();
}

async function sendFiles(page, card, all) {
  const { part, ui } = card;
  const words = { ...page.words, ...part.words };
  const listed = all.filter((file) => !/^(\.|~\$)/.test(file.name)); // what systems and programs leave behind
  const files = listed.filter((file) => part.accepts.some((ending) => file.name.toLowerCase().endsWith(ending)));
  const others = listed.filter((file) => !files.includes(file)).map((file) => file.name);
  const total = files.reduce((sum, file) => sum + file.size, 0);
  const end = (word, places = {}) => {
    page.job = null;
    Object.assign(ui, { busy: null, notice: word ? { word, places } : null });
    paintZone(page, card);
  };
  if (!files.length) return end("drop_none", { endings: part.accepts.join(" ") });
  const limit = part.largest_total;
  if (total > limit) return end("drop_too_large", { size: megabytes(total, words), limit: megabytes(limit, words) });

  const waiting = [];
  const answer = () => new Promise((done) => waiting.push(done));
  const tell = (message, buffers) => page.channel.send({ kind: "upload", ...message }, undefined, buffers);
  const show = (word, places, share) => {
    ui.busy = { word, places, share };
    paintZone(page, card);
  };
  const job = (page.job = {
    hear(message) {
      if (message.state === "got" && message.turn !== job.turn) return; // of files given up
      if (waiting.length && ["go", "got", "refused"].includes(message.state)) return waiting.shift()(message);
      if (message.state === "working") show("drop_working", message, message.done / Math.max(1, message.total));
      if (message.state === "done") end(others.length ? "drop_skipped" : null, { names: others.slice(0, 5).join(", ") + (others.length > 5 ? "…" : "") });
      if (message.state === "failed" || message.state === "refused") end("drop_failed");
    },
    cancel() {
      tell({ step: "cancel" });
      end("drop_cancelled");
    },
  });
  page.status.textContent = words.drop_started;
  const sending = (sent) => show("drop_sending", { done: megabytes(sent, words), all: megabytes(total, words) }, sent / Math.max(1, total));
  card.zone.querySelector("button")?.focus({ preventScroll: true });
  sending(0);
  tell({ step: "begin", files: files.map(({ name, size, at, webkitRelativePath }) => ({ name: at || webkitRelativePath || name, size })) });
  const { state, turn } = await answer();
  if (state !== "go") return end("drop_failed");
  job.turn = turn;
  const onTheWay = [];
  let sent = 0;
  for (const [at, file] of files.entries()) {
    for (let from = 0; from < file.size; from += PIECE) {
      if (page.job !== job) return;
      const bytes = await file.slice(from, from + PIECE).arrayBuffer().catch(() => null);
      if (!bytes) {
        job.cancel();
        return end("drop_unreadable", { name: file.name });
      }
      if (onTheWay.length >= AHEAD) await onTheWay.shift();
      if (page.job !== job) return;
      tell({ step: "piece", turn, file: at }, [new Uint8Array(bytes)]);
      onTheWay.push(answer());
      sent += bytes.byteLength;
      sending(sent);
    }
  }
  if (page.job === job) tell({ step: "end", turn });
}

// ---------------------------------------------------------------- findings

const FIRST_FINDINGS = 50;
const MORE_FINDINGS = 100;

function findingsBody(page, part, card) {
  const words = page.words;
  const ui = card.ui;
  ui.chosen ??= {};
  card.filters = part.filters.map((one) => one.name);
  const list = h("div", { class: "finding-groups" });
  const count = h("p", { class: "count", role: "status" });
  const more = h("button", { type: "button", class: "more", "data-key": "more", onclick: () => { ui.many += MORE_FINDINGS; refill(); } });
  let folded; // texts as a search compares them, made at the first search
  const selects = part.filters.map((one) => {
    if (!one.choices.some(({ value }) => value === ui.chosen[one.name])) delete ui.chosen[one.name];
    const options = one.choices.map(({ value, label }) => h("option", { value, selected: value === (ui.chosen[one.name] ?? "") }, label));
    const id = `${part.id}-${one.name}`;
    const select = h("select", { id, "data-key": id, onchange: () => card.choose(one.name, select.value) }, options);
    return h("div", { class: "field" }, h("label", { for: id }, one.label), select);
  });
  const clear = h(
    "button", { type: "button", class: "clear", "data-key": "clear", onclick: () => {
      const names = Object.keys(ui.chosen);
      ui.search = search.querySelector("input").value = "";
      names.forEach((name) => card.choose(name, ""));
      refill(true);
    } },
    words.clear
  );
  const search = searchBox(page, part, ui, () => refill(true));

  card.choose = (name, value) => {
    if (value) ui.chosen[name] = value;
    else delete ui.chosen[name];
    selects[card.filters.indexOf(name)].querySelector("select").value = value;
    refill(true);
    page.repick(name);
  };

  function fits([, group, place, text, lines, tags], wanted) {
    for (const name in ui.chosen) if (tags[name] !== ui.chosen[name]) return false;
    if (!wanted.length) return true;
    const has = (at, word) => folded[at].includes(word);
    return wanted.every((word) => has(text, word) || has(place, word) || has(group, word) || lines.some((line) => has(line[1], word)));
  }

  function refill(anew = false) {
    if (anew || !ui.many) ui.many = page.isNarrow ? FIRST_ROWS_NARROW : FIRST_FINDINGS;
    const wanted = fold(ui.search ?? "").split(/\s+/).filter(Boolean);
    if (wanted.length) folded ??= part.texts.map(fold);
    const found = part.items.filter((item) => fits(item, wanted));
    const shown = found.slice(0, ui.many);
    const groups = [];
    for (const item of shown) {
      if (groups.at(-1)?.group !== item[1]) groups.push({ group: item[1], rows: [] });
      groups.at(-1).rows.push(finding(part, item));
    }
    const level = page.hasSections ? "h4" : "h3";
    list.replaceChildren(...groups.map(({ group, rows }) => h("div", {}, h(level, { class: "finding-group" }, part.texts[group]), h("ol", {}, rows))));
    if (!found.length) list.append(h("p", { class: "nothing" }, words.nothing));
    const all = shown.length === part.items.length;
    count.textContent = all ? fill(words.findings_all, { all: number(shown.length, words) }) : fill(words.findings_shown, { shown: number(shown.length, words), found: number(found.length, words), all: number(part.items.length, words) });
    clear.disabled = !wanted.length && !Object.keys(ui.chosen).length;
    more.hidden = shown.length === found.length;
    more.textContent = fill(words.show_more, { count: number(Math.min(MORE_FINDINGS, found.length - shown.length), words) });
  }

  refill();
  const tools = h("div", { class: "fields", role: "group", "aria-label": words.filters }, selects, search, h("div", { class: "field field-button" }, clear));
  return [tools, count, list, more];
}

function finding({ texts, tones }, [tone, , place, text, lines]) {
  return h(
    "li", { class: `finding ${tone}` },
    h("p", { class: "finding-tone" }, icon(tone), tones[tone]),
    h(
      "div", {},
      h("p", { class: "finding-place" }, texts[place]), h("p", {}, texts[text]),
      h("dl", {}, lines.map(([label, value]) => h("div", {}, h("dt", {}, texts[label]), h("dd", {}, texts[value]))))
    )
  );
}

// ---------------------------------------------------------------- chart

async function drawChart(page, card) {
  const Plotly = await plotlyReady(page);
  const { plot, part } = card;
  if (!plot.isConnected || !plot.clientWidth) return;
  const width = plot.clientWidth;
  const room = fitted(part, width);
  plot.parentNode.style.setProperty("--height", `${room.layout.height}px`);
  const { data, layout } = figure(room, width, plot.clientHeight);
  choose(data, layout, part.picks && page.chosen(part.picks));
  await Plotly.react(plot, data, layout, { displayModeBar: false, showTips: false, scrollZoom: false, doubleClick: false });
  for (const svg of plot.querySelectorAll(".main-svg")) {
    svg.setAttribute("viewBox", `0 0 ${layout.width} ${layout.height}`); // lets print scale it
    svg.setAttribute("aria-hidden", "true");
  }
  const isFirst = !card.drawn;
  card.drawn = area(plot);
  if (isFirst) {
    plot.on("plotly_click", ({ points }) => {
      const [point] = points;
      const value = point && marks(point.data)?.[point.pointNumber];
      if (card.part.picks && value) page.pick(card.part.picks, value);
    });
    plot.classList.add("is-drawn");
    performance.mark?.("pumpurs-chart");
  }
}

// What pressing each mark of a trace narrows the page to.
const marks = (trace) => trace.meta?.picks ?? trace.customdata?.map((value) => String([value].flat()[0] ?? ""));

// Sets apart what the page is narrowed to; a dot among others ("my school") gets its name.
function choose(data, layout, value) {
  for (const trace of value ? data : []) {
    const at = (marks(trace) ?? []).flatMap((mark, place) => (mark === value ? [place] : []));
    if (!at.length) continue;
    trace.selectedpoints = at;
    const [x, y] = [trace.x[at[0]], trace.y[at[0]]];
    if (trace.name === "tiles") layout.shapes = [...layout.shapes, ring(x, y)];
    if (trace.mode !== "markers" || trace.name === "tiles" || !Array.isArray(trace.text)) continue;
    const isRight = x > (layout.xaxis.range[0] + layout.xaxis.range[1]) / 2;
    const isHigh = y > (layout.yaxis.range[0] + layout.yaxis.range[1]) / 2;
    layout.annotations = [...layout.annotations.filter((note) => !(note.x === x && note.y === y)), {
      name: "chosen", x, y, text: `<b>${trace.text[at[0]]}</b>`, ax: isRight ? -24 : 24, ay: isHigh ? 30 : -30, standoff: 8,
      xanchor: isRight ? "right" : "left", arrowcolor: "#1F2933", arrowwidth: 1, arrowhead: 0, bgcolor: "#FFFFFF", borderpad: 2,
    }];
  }
}

// Around a chosen tile.
const ring = (x, y) => ({
  type: "rect", x0: x - 0.5, x1: x + 0.5, y0: y - 0.5, y1: y + 0.5, line: { color: "#1F2933", width: 3 }, fillcolor: "rgba(0,0,0,0)",
});

const area = (plot) => `${plot.clientWidth} ${plot.clientHeight}`;
const plain = (text) => text.replace(/<[^>]*>/g, "");
const shownAt = (part, width) => (width < NARROW && part.narrow) || part.figure;
const heightIn = (part, shown) => (shown === part.narrow && part.height_narrow) || part.height;

// How much higher a chart may be drawn beside a taller neighbour: rows only stand further apart.
function most({ yaxis }) {
  if (yaxis?.range?.[0] > yaxis?.range?.[1]) return 1.2;
  return yaxis?.visible === false ? 1.4 : 1.6;
}

const heightOf = (part, width) => fitted(part, width).layout.height;

function figure({ data, layout }, width, available = 0) {
  if (available > layout.height) raise(layout, available - layout.height);
  const font = { family: "Inter, system-ui, sans-serif", size: 13, color: "#1F2933" };
  const whole = { ...layout, width, autosize: false, dragmode: layout.dragmode ?? false };
  whole.font = { ...font, ...layout.template?.layout?.font, ...layout.font };
  return { data, layout: whole };
}

// The drawing as a card of this width has room for it.
function fitted(part, width) {
  const shown = shownAt(part, width);
  const { data, layout } = structuredClone(shown);
  layout.height = heightIn(part, shown);
  const { rows, right, first } = layout.meta ?? {};
  if (first !== undefined) clearOfTicks(layout, width, first);
  if (first !== undefined && width < ALL_NAMES) layout.annotations = layout.annotations.filter(({ name }) => name !== "wide");
  const isBeside = !rows && right && width - right >= LEAST_LINES;
  if (rows) layRows(data, layout, width);
  if (layout.meta?.beside) namesOver(data, layout, width);
  else if (isBeside) layout.margin.r += right;
  else if (right) nameAbove(layout);
  loosen(data, layout, lettersIn(width), isBeside);
  thinYears(layout, width);
  return { data, layout };
}

// Values named inside the drawing get a strip of their own, left of the first mark.
const TICK = 46;
const ALL_NAMES = 860; // of dots (charts/funnel.py)

function clearOfTicks({ xaxis, margin }, width, first) {
  const inner = width - margin.l - margin.r;
  const low = (first * inner - xaxis.range[1] * TICK) / (inner - TICK);
  xaxis.range[0] = Math.min(xaxis.range[0], low);
}

// Rows (charts/rows.py): words left and right of the marks where there is room for all three; else they
// stand above their marks. Words broken for a phone are joined as far as there is room.
const LEAST_MARKS = 170; // pixels
const LEAST_LINES = 260;
const LETTER = 7.6;

function layRows(data, layout, width) {
  const words = layout.annotations;
  const at = (name) => new Map(words.flatMap((note) => (note.name === name ? [[note.y, note]] : [])));
  const [labels, ends] = [at("row"), at("end")];
  const isBeside = width - layout.meta.left - layout.meta.right >= LEAST_MARKS;
  const letters = isBeside ? Math.min(Math.max(Math.floor((width * 0.4) / LETTER), 32), 60) : lettersIn(width);
  for (const label of labels.values()) label.text = joined(label.text, letters).replaceAll("<br />", "<br>");
  const isLong = [...ends].some(([y, { text }]) => plain(labels.get(y).text.split("<br>").at(-1) + text).length > letters - 2);
  let more = 0; // by so much everything below moves
  const rows = layout.meta.rows.map(([top, height, high, marks]) => {
    const y = top + height / 2;
    const [label, end] = [labels.get(y), ends.get(y)];
    const row = { top, y, below: top + height, from: top + more };
    row.words = LINE * label.text.split("<br>").length + (!isBeside && end && isLong ? LINE : 0);
    const whole = (isBeside ? Math.max(row.words, marks) : row.words + (marks && marks + 2)) + height - Math.max(high, marks);
    row.middle = isBeside ? row.from + whole / 2 : row.from + row.words + 2 + marks / 2;
    if (isBeside) for (const note of [label, end]) note && (note.y = row.middle);
    else {
      Object.assign(label, { y: row.from, yanchor: "top" });
      if (end) Object.assign(end, { yanchor: "top", y: row.from + row.words - LINE }, isLong ? { x: 0, xanchor: "left" } : {});
    }
    more += whole - height;
    return { ...row, more };
  });
  const above = (y) => rows.findLast(({ below }) => y >= below)?.more ?? 0;
  const moved = (y) => {
    const row = rows.find(({ top, below }) => y > top && y < below);
    return row ? row.middle + y - row.y : y + above(y);
  };
  for (const note of words) if (!["row", "end"].includes(note.name)) note.y += above(note.y);
  for (const shape of layout.shapes ?? []) Object.assign(shape, { y0: moved(shape.y0), y1: moved(shape.y1) });
  const picks = data.find(({ name }) => name === "picks");
  for (const trace of data) if (trace !== picks) trace.y = trace.y.map(moved);
  if (picks) {
    const edges = picks.y.map((y, nth) => [y + 2 - picks.width[nth] / 2, y + 2 + picks.width[nth] / 2].map((edge) => edge + above(edge)));
    picks.y = edges.map(([from, to]) => (from + to) / 2 - 2);
    picks.width = edges.map(([from, to]) => to - from);
  }
  layout.yaxis.range[0] += more;
  layout.height += more;
  if (isBeside) besideMarks(layout, width, [...labels.values()], picks);
  else if (layout.xaxis.dtick) nameZero(layout);
  const [low, high] = layout.xaxis.range;
  if (picks) Object.assign(picks, { base: low, x: picks.x.map(() => high - low) });
}

// The name of the left edge would be cut there, so that plotly leaves it out.
function nameZero({ annotations, xaxis, separators }) {
  nameTicks(xaxis, separators);
  const isOnTop = xaxis.side === "top";
  annotations.push({
    name: "zero", text: xaxis.ticktext.shift(), x: xaxis.range[0], xanchor: "left", showarrow: false, borderpad: 0,
    y: isOnTop ? 1 : 0, yref: "paper", yanchor: isOnTop ? "bottom" : "top", yshift: isOnTop ? 2 : -1, font: xaxis.tickfont ?? {},
  });
  xaxis.ticktext.unshift("");
}

function nameTicks(xaxis, separators) {
  const { tick0 = 0, dtick, ticksuffix = "", range } = xaxis;
  if (!dtick) return;
  xaxis.tickvals = Array.from({ length: Math.floor((range[1] - tick0) / dtick) + 1 }, (_, at) => tick0 + at * dtick);
  xaxis.ticktext = xaxis.tickvals.map((value) => `${+value.toFixed(2)}`.replace(".", separators[0]) + ticksuffix);
}

// Marks get the room between the words; what can be pressed lies behind both, so that then the axis
// goes on under the words, without ticks.
function besideMarks({ xaxis, margin, meta, separators }, width, labels, picks) {
  const inner = width - margin.l - margin.r;
  const lines = labels.flatMap(({ text }) => text.split("<br>").map((line) => plain(line).length + (line.includes("<b>") ? 1 : 0)));
  const left = Math.max(...lines) * LETTER + 14;
  if (!picks) return (xaxis.domain = [left / inner, 1 - meta.right / inner]);
  const [low, high] = xaxis.range;
  nameTicks(xaxis, separators);
  const per = (high - low) / (inner - left - meta.right); // of the axis in a pixel
  if (xaxis.dtick / per < TICK) xaxis.ticktext = xaxis.ticktext.map((text, at) => (at % 2 ? "" : text)); // else they would lean
  xaxis.range = [low - left * per, high + meta.right * per];
}

// Lines of places (charts/overlap.py): their names stand over them where the columns would be too narrow.
const LEAST_COLUMN = 34;

function namesOver(data, { annotations, margin, meta }, width) {
  if (width - meta.beside >= meta.columns * LEAST_COLUMN) return (margin.l += meta.beside);
  for (const note of annotations) if (note.name === "side") Object.assign(note, { xshift: 0, yshift: meta.line / 2 - 1, yanchor: "top" });
  for (const trace of data) if (trace.type === "scatter") trace.y = trace.y.map((y) => y - meta.line / 5);
  apart(annotations.filter(({ name }) => name === "label"), (width - margin.l - margin.r) / meta.columns);
}

// Numbers wider than their columns go on over the next one, which is lower; where two would touch,
// every second one stands higher.
const NUMBER_LINE = 14;

function apart(notes, column) {
  let before = { right: 0, yshift: 0 };
  for (const [place, note] of notes.entries()) {
    const half = plain(note.text).length * 3.8;
    const room = (notes.length - place - 0.4) * column - half; // to the card's edge
    const xshift = Math.min(Math.max(0, half - column / 2), room);
    const middle = note.x * column + xshift;
    const touches = middle - half < before.right && before.y - note.y < NUMBER_LINE && !before.yshift;
    Object.assign(note, { xshift, yshift: touches ? NUMBER_LINE : 0 });
    before = { ...note, right: middle + half };
  }
}

// Lines (charts/lines.py): where there is no room for names at their ends, they stand above.
function nameAbove(layout) {
  const names = layout.annotations.filter(isName);
  let top = 0;
  for (const name of names) {
    Object.assign(name, { x: 0, xref: "paper", xshift: 0, y: 1, yref: "paper", yanchor: "top", yshift: -top });
    top += LINE * (cutsIn(name.text) + 1);
  }
  raise(layout, top, -top);
  for (const note of layout.annotations) if (note.name === "break") note.yshift -= top;
}

// Words are broken for the narrowest phone (charts/rows.py, charts/lines.py). Where there is room their
// lines are joined again, and what is below moves up by as much.
const BREAK = /<br ?\/?>/;
const SOFT = /(<\/b><br \/><b>|<br \/>)/;
const LINE = 19;
const LINES = 280; // height of lines alone, without the words above them
const isName = ({ name }) => name === "line";
const lettersIn = (width) => Math.floor(width / 7.9);

function joined(text, room) {
  const [first, ...rest] = text.split(SOFT);
  let [line, whole] = [plain(first.split("<br>").at(-1)).length, first];
  for (let at = 0; at < rest.length; at += 2) {
    const lines = rest[at + 1].split("<br>").map((one) => plain(one).length);
    const fits = line + 1 + lines[0] <= room;
    whole += (fits ? " " : rest[at]) + rest[at + 1];
    line = lines.at(-1) + (fits && lines.length === 1 ? line + 1 : 0);
  }
  return whole;
}

// Names of years that would run into each other: every second or third of them stays.
const YEAR = /\d{4}\/\d\d$/;
const YEAR_WIDTH = 64;

function thinYears({ xaxis, margin }, whole) {
  const width = whole - margin.l - margin.r;
  const at = (xaxis?.ticktext ?? []).flatMap((text, place) => (YEAR.test(text) ? [place] : []));
  if (at.length < 2 || !xaxis.range) return;
  const apart = ((xaxis.tickvals[at[1]] - xaxis.tickvals[at[0]]) * width) / (xaxis.range[1] - xaxis.range[0]);
  const every = Math.ceil(YEAR_WIDTH / apart);
  at.forEach((place, nth) => nth % every && (xaxis.ticktext[place] = xaxis.ticktext[place].replace(YEAR, "")));
}

const cutsIn = (text) => (text.split(SOFT).length - 1) / 2;

// Lines of text that are joined: where, and how many pixels that gives back.
function freed(words = [], room) {
  const cuts = words.flatMap((one) => (one.text?.includes("<br />") ? Array(cutsIn(one.text) - cutsIn(joined(one.text, room))).fill(isName(one) ? -1 : one.y) : []));
  return { up: (y) => y - LINE * cuts.filter((cut) => cut < y).length, pixels: LINE * cuts.length };
}

function loosen(data, layout, room, areNamesBeside) {
  if (areNamesBeside) return;
  const { up, pixels } = freed(layout.annotations, room);
  if (!pixels) return;
  const isLines = layout.annotations.some(isName);
  if (isLines) raise(layout, -pixels, pixels);
  else layout.height -= pixels;
  let higher = 0; // names stand one below the other
  for (const words of layout.annotations) {
    if (isLines && words.yref === "paper") words.yshift += words.name === "break" ? pixels : higher;
    const text = words.text && joined(words.text, room);
    if (isName(words)) higher += LINE * (cutsIn(words.text) - cutsIn(text));
    Object.assign(words, isLines ? { text } : { text, y: up(words.y) });
  }
  if (isLines) return;
  for (const shape of layout.shapes ?? []) Object.assign(shape, { y0: up(shape.y0), y1: up(shape.y1) });
  for (const trace of data) {
    const half = (at) => (trace.width?.[at] ?? trace.width ?? 0) / 2;
    const ends = trace.y.map((y, at) => [up(y - half(at)), up(y + half(at))]);
    if (trace.width) trace.width = ends.map(([above, below]) => below - above);
    trace.y = ends.map(([above, below]) => (above + below) / 2);
  }
  layout.yaxis.range = layout.yaxis.range.map(up);
}

// Makes a chart higher; the words above lines keep their height, or lose `less` of it.
function raise(layout, pixels, less = 0) {
  const inner = layout.height - (layout.margin?.t ?? 0) - (layout.margin?.b ?? 0);
  layout.height += pixels;
  if (!layout.annotations?.some(isName)) return;
  const after = inner + pixels;
  for (const shape of layout.shapes ?? []) shape.y1 = 1 - ((1 - shape.y1) * inner - less) / after;
  layout.yaxis.range[1] *= ((LINES / inner) * after) / (LINES + pixels + less);
}

// On paper a drawing of rows that would fill a page stands in columns beside each other, each from a
// heading on where there are headings.
const COLUMN = 1000; // pixels
const MOST_COLUMNS = 3;

function inColumns({ plot, node, drawn }) {
  plot?.parentNode?.querySelector(".columns")?.remove();
  const { width, height, yaxis, annotations, margin } = (drawn && plot.layout) || {};
  const isRows = yaxis?.range?.[0] > yaxis?.range?.[1];
  const count = isRows ? Math.min(MOST_COLUMNS, Math.ceil(height / COLUMN)) : 1;
  node.classList.toggle("is-parted", count > 1);
  if (count < 2) return;
  const scale = (height - margin.t - margin.b) / yaxis.range[0];
  const headings = annotations.filter(({ name, text }) => name === "label" && /^<b>.*<\/b>$/.test(text));
  const words = headings.length ? headings : annotations.filter(({ name }) => name === "row" || name === "label");
  const tops = words.map(({ y, yanchor, text }) => margin.t + y * scale - 6 - (yanchor === "middle" ? (LINE / 2) * text.split(BREAK).length : 0));
  const nearest = (wanted) => tops.reduce((best, top) => (Math.abs(top - wanted) < Math.abs(best - wanted) ? top : best), tops[0]);
  const cuts = [0, ...Array.from({ length: count - 1 }, (_, at) => nearest((height * (at + 1)) / count)), height];
  const column = (from, to) => {
    const layers = [...plot.querySelectorAll(".main-svg")].map((svg) => svg.cloneNode(true));
    for (const svg of layers) {
      ["width", "height", "style"].forEach((name) => svg.removeAttribute(name));
      svg.setAttribute("viewBox", `0 ${from} ${width} ${to - from}`);
    }
    return h("div", { class: "column", style: { "aspect-ratio": `${width} / ${to - from}` } }, layers);
  };
  const columns = cuts.slice(1).map((to, at) => (to > cuts[at] ? column(cuts[at], to) : null));
  plot.parentNode.append(h("div", { class: "columns", "aria-hidden": "true" }, columns));
}

async function savePng(page, card) {
  const Plotly = await plotlyReady(page);
  const { part, plot } = card;
  const scale = 2;
  const width = Math.max(plot.clientWidth, 640);
  const drawn = figure(fitted(part, width), width);
  const { height } = drawn.layout;
  const picture = await Plotly.toImage(drawn, { format: "png", width, height, scale });
  const image = new Image();
  image.src = picture;
  await image.decode();
  const lines = [
    ...wrapped(part.title, "600 18px Inter, sans-serif", "#1F2933", 25, width),
    ...wrapped(part.subtitle, "14px Inter, sans-serif", "#5A6470", 20, width),
  ];
  const notes = part.footnote.flatMap((line) => wrapped(line, "12px Inter, sans-serif", "#5A6470", 17, width));
  const tall = (rows) => rows.reduce((sum, row) => sum + row.leading, 0);
  const canvas = h("canvas", { width: (width + 40) * scale, height: (tall(lines) + tall(notes) + height + 56) * scale });
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.fillStyle = "#FFFFFF";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  let y = 16;
  const write = (rows) => rows.forEach(({ text, font, colour, leading }) => {
    y += leading;
    Object.assign(pen, { font, fillStyle: colour });
    pen.fillText(text, 20, y - 6);
  });
  write(lines);
  pen.drawImage(image, 20, y + 8, width, height);
  y += height + 16;
  write(notes);
  canvas.toBlob((content) => saveAs(fileName(part.title, "png"), content));
}

function wrapped(text, font, colour, leading, width) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = font;
  const rows = [];
  for (const word of text ? text.split(" ") : []) {
    const longer = rows.length ? `${rows.at(-1)} ${word}` : word;
    if (rows.length && pen.measureText(longer).width <= width) rows[rows.length - 1] = longer;
    else rows.push(word);
  }
  return rows.map((row) => ({ text: row, font, colour, leading }));
}

// ---------------------------------------------------------------- JupyterLab and other notebook tools

export default {
  render({ model, el }) {
    const page = new Page(h("div"), { ownsDocument: false, words: model.get("words") });
    el.append(page.root);
    page.connect(model);
    plotlyReady(page);
    page.show(Object.fromEntries(["language", "title", "query", "parts", "words"].map((name) => [name, model.get(name)])));
    return () => page.cards.forEach((card) => card.dispose?.());
  },
};
