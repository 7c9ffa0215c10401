// Shows what stands in the page: every view is written in it, in both languages. Nothing is fetched.
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
let language = data.first;
let view = "";

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const plural = (count) => new Intl.PluralRules(language).select(count);

function draw() {
  const words = data.words[language];
  document.documentElement.lang = language;
  document.title = words.title;
  for (const [id, text] of Object.entries(words)) if ($(id)) $(id).textContent = text;
  for (const button of document.querySelectorAll("[data-language]"))
    button.setAttribute("aria-pressed", button.dataset.language === language);
  const select = $("filter");
  select.replaceChildren(...data.choices[language].map(({ label, options }) => {
    const group = label ? Object.assign(document.createElement("optgroup"), { label }) : null;
    const made = options.map(([value, text]) => new Option(text, value));
    if (group) group.append(...made);
    return group ?? made[0];
  }));
  select.value = view;
  const shown = data.views[language][view];
  $("tiles").innerHTML = shown.tiles;
  $("cards").innerHTML = shown.cards.map((card) => data.cards[card]).join("");
  for (const list of document.querySelectorAll("dl.recipe")) list.insertAdjacentHTML("beforeend", words.recipe);
  $("left_out").textContent = shown.left_out;
  search();
}

// Rows that hold what is searched for; a card without any is put away while one searches.
function search() {
  const wanted = fold($("search").value.trim());
  let found = 0;
  for (const card of document.querySelectorAll("article")) {
    let here = 0;
    for (const row of card.querySelectorAll("tbody tr")) {
      row.hidden = wanted !== "" && !fold(row.textContent).includes(wanted);
      here += !row.hidden;
    }
    card.hidden = wanted !== "" && here === 0;
    if (wanted) card.querySelector("details.table").open = here > 0;
    found += here;
  }
  const forms = data.words[language].found_forms;
  $("found").textContent = wanted ? (forms[plural(found)] ?? forms.other).replace("{count}", found) : "";
}

const chosen = () => `${data.words[language].filter_label}: ${$("filter").selectedOptions[0].text}`;
const notes = (card) => [...card.querySelectorAll(".note")].map((note) => note.textContent);

function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// What is shown, with what it is about: Excel in Latvia opens it with a double click.
function download(card) {
  const safe = (text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
  const cell = (text) => (/[;"\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const rows = [...card.querySelectorAll("tr:not([hidden])")].map((row) =>
    [...row.cells].map((each) => cell(each.className === "number" ? each.textContent : safe(each.textContent))).join(";"));
  const about = [card.querySelector("h2").textContent, chosen(), card.querySelector(".about").textContent, ...notes(card),
    $("about").textContent, $("marks").textContent].filter(Boolean);
  const text = "\ufeff" + [...rows, "", ...about.map((line) => cell(safe(line)))].join("\r\n") + "\r\n";
  save(new Blob([text], { type: "text/csv" }), `${card.dataset.name}.csv`);
}

// The chart with the words around it, twice as sharp as the screen: for a slide or a letter.
async function picture(card) {
  const drawn = card.querySelector("svg[role=img]");
  const { width, height } = drawn.getBoundingClientRect();
  const family = getComputedStyle(document.body).fontFamily;
  const copy = drawn.cloneNode(true);
  for (const [name, value] of Object.entries({ xmlns: "http://www.w3.org/2000/svg", width, height, "font-family": family }))
    copy.setAttribute(name, value);
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  const edge = 24, sharp = 2;
  const lines = (text, font) => {
    pen.font = font;
    return text.split(" ").reduce((rows, word) => {
      const longer = `${rows.at(-1)} ${word}`.trim();
      return pen.measureText(longer).width > width ? [...rows, word] : [...rows.slice(0, -1), longer];
    }, [""]).map((row) => ({ row, font, step: 1.4 * parseInt(font.match(/\d+/)) }));
  };
  const part = (texts, font) => texts.filter(Boolean).flatMap((text) => lines(text, font));
  const above = [...part([card.querySelector("h2").textContent], `bold 18px ${family}`),
    ...part([view ? chosen() : "", card.querySelector(".about").textContent], `14px ${family}`)];
  const below = part([...notes(card), $("about").textContent, $("marks").textContent], `12px ${family}`);
  const high = (rows) => rows.reduce((sum, { step }) => sum + step, 0);
  canvas.width = sharp * (width + 2 * edge);
  canvas.height = sharp * (high(above) + height + high(below) + 3 * edge);
  pen.scale(sharp, sharp);
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  let y = edge;
  const write = (rows, colour) => {
    for (const { row, font, step } of rows) {
      Object.assign(pen, { font, fillStyle: colour, textBaseline: "top" });
      pen.fillText(row, edge, y);
      y += step;
    }
  };
  write(above, "#1F2933");
  pen.drawImage(image, edge, y + edge / 2, width, height);
  y += height + edge;
  write(below, "#5A6470");
  canvas.toBlob((blob) => save(blob, `${card.dataset.name}.png`), "image/png");
}

document.addEventListener("click", ({ target }) => {
  if (target.dataset.language) { language = target.dataset.language; draw(); }
  else if (target.classList.contains("download")) download(target.closest("article"));
  else if (target.classList.contains("picture")) picture(target.closest("article"));
  else if (target.id === "print") print();
});
$("filter").addEventListener("change", (event) => { view = event.target.value; draw(); });
$("search").addEventListener("input", search);
document.querySelector(".controls").hidden = false;
draw();
