// Shows one slide at a time, fitted to the window. Without it all slides stand under each other.
const slides = [...document.querySelectorAll("section")];
let now = Math.min(Math.max(Number(location.hash.slice(1)) || 0, 0), slides.length - 1);

function show(place) {
  now = Math.min(Math.max(place, 0), slides.length - 1);
  slides.forEach((slide, i) => slide.classList.toggle("now", i === now));
  history.replaceState(null, "", `#${now}`);
}

function fit() {
  const scale = Math.min(innerWidth / 1280, innerHeight / 720);
  document.documentElement.style.setProperty("--scale", scale);
}

const steps = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in steps) show(now + steps[event.key]);
  else if (event.key === "Home") show(0);
  else if (event.key === "End") show(slides.length - 1);
  else if (event.key.toLowerCase() === "p") print();
  else return;
  event.preventDefault();
});
addEventListener("click", (event) => {
  if (!getSelection().toString()) show(now + (event.clientX < innerWidth / 3 ? -1 : 1));
});
addEventListener("hashchange", () => show(Number(location.hash.slice(1)) || 0));
addEventListener("resize", fit);
document.documentElement.classList.add("show");
fit();
show(now);
