// Filters and searches the report where it lies; without it the report still says everything.
const byId = (id) => document.getElementById(id);
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const controls = byId("controls");
if (controls) {
  const selects = ["severity", "file", "school", "kind"].map(byId);
  const shown = byId("shown");
  const files = [...document.querySelectorAll(".file")].map((node) => ({
    node, kinds: [...node.querySelectorAll(".kind")].map((kind) => ({
      node: kind, places: [...kind.lastChild.children],
      about: [node.firstChild, ...kind.children].filter((one) => one !== kind.lastChild).map((one) => one.textContent).join(" "),
    })),
  }));
  const texts = new Map(); // a place's words, folded when first searched
  const words = (kind, place) => {
    if (!texts.has(place)) texts.set(place, fold(`${kind.about} ${place.textContent}`));
    return texts.get(place);
  };
  const apply = () => {
    const [severity, file, school, kind] = selects.map((select) => select.value);
    const wanted = fold(byId("search").value).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const one of files) {
      let inFile = 0;
      for (const group of one.kinds) {
        const fits = (!file || one.node.dataset.file === file) && (!severity || group.node.dataset.severity === severity) && (!kind || group.node.dataset.kind === kind);
        let inGroup = 0;
        if (fits) {
          for (const place of group.places) {
            const stays = (!school || place.dataset.school === school) && (!wanted.length || wanted.every((word) => words(group, place).includes(word)));
            if (place.hidden === stays) place.hidden = !stays;
            inGroup += stays;
          }
        }
        group.node.hidden = !inGroup;
        inFile += inGroup;
      }
      one.node.hidden = !inFile;
      count += inFile;
    }
    const group = document.documentElement.lang === "lv" ? "\u00a0" : ",";
    const written = String(count).replace(/\B(?=(\d{3})+$)/g, group);
    shown.textContent = count ? shown.dataset.shown.replace("{shown}", written) : shown.dataset.none;
  };
  controls.hidden = false;
  controls.addEventListener("input", apply);
  controls.addEventListener("reset", () => setTimeout(apply));
  controls.addEventListener("submit", (event) => event.preventDefault());
  apply();
}
