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

// What is shown, with what it is about: Excel in Latvia opens it with a double click.
function download(card) {
  const safe = (text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
  const cell = (text) => (/[;"\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const rows = [...card.querySelectorAll("tr:not([hidden])")].map((row) =>
    [...row.cells].map((each) => cell(each.className === "number" ? each.textContent : safe(each.textContent))).join(";"));
  const chosen = $("filter").selectedOptions[0].text;
  const about = [card.querySelector("h2").textContent, `${data.words[language].filter_label}: ${chosen}`,
    card.querySelector(".about").textContent, ...[...card.querySelectorAll(".note")].map((note) => note.textContent),
    $("about").textContent, $("marks").textContent].filter(Boolean);
  const text = "\ufeff" + [...rows, "", ...about.map((line) => cell(safe(line)))].join("\r\n") + "\r\n";
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = `${card.dataset.name}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

document.addEventListener("click", ({ target }) => {
  if (target.dataset.language) { language = target.dataset.language; draw(); }
  else if (target.classList.contains("download")) download(target.closest("article"));
  else if (target.id === "print") print();
});
$("filter").addEventListener("change", (event) => { view = event.target.value; draw(); });
$("search").addEventListener("input", search);
document.querySelector(".controls").hidden = false;
draw();
