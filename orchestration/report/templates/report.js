"use strict";
// The page is whole without this: it adds the selector, the search, and one tab stop per drawing.
document.documentElement.classList.add("js");
for (const hidden of document.querySelectorAll(".pick")) hidden.hidden = false;

const labels = JSON.parse(document.getElementById("labels").textContent);
const world = document.getElementById("world");
const readout = document.getElementById("readout");
const select = document.getElementById("metric");
const names = new Map([...document.querySelectorAll("#index a")].map((a) => [a.hash.slice(3), a.textContent]));

function show(metric) {
  for (const part of document.querySelectorAll("[data-metric]")) part.hidden = part.dataset.metric !== metric;
  const { name, countries } = labels[metric];
  for (const land of world.querySelectorAll("a")) {
    const iso3 = land.dataset.iso3;
    const [shade, told] = countries[iso3] || ["unknown", "unknown"];
    land.setAttribute("class", `land ${shade}`);
    const words = `${names.get(iso3)}. ${name}: ${told}`;
    land.setAttribute("aria-label", words);
    land.querySelector("title").textContent = words;
  }
  readout.textContent = "\u00a0";
}
select.addEventListener("change", () => show(select.value));
show(select.value);

for (const event of ["mouseover", "focusin"])
  world.addEventListener(event, (about) => {
    const land = about.target.closest("a");
    if (land) readout.textContent = land.getAttribute("aria-label");
  });

for (const drawing of document.querySelectorAll("[data-roving]")) {
  const stops = [...drawing.querySelectorAll("a")];
  stops.forEach((stop, index) => stop.setAttribute("tabindex", index ? "-1" : "0"));
  const go = (index) => {
    const next = stops[(index + stops.length) % stops.length];
    for (const stop of stops) stop.setAttribute("tabindex", stop === next ? "0" : "-1");
    next.focus();
  };
  drawing.addEventListener("keydown", (pressed) => {
    if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return;
    const at = stops.indexOf(document.activeElement);
    const letter = pressed.key.length === 1 && pressed.key !== " " && drawing === world ? pressed.key.toLowerCase() : null;
    const starts = (stop) => letter && names.get(stop.dataset.iso3).toLowerCase().startsWith(letter);
    const found = letter ? [...stops.slice(at + 1), ...stops.slice(0, at + 1)].find(starts) : null;
    if (pressed.key === "ArrowRight" || pressed.key === "ArrowDown") go(at + 1);
    else if (pressed.key === "ArrowLeft" || pressed.key === "ArrowUp") go(at - 1);
    else if (pressed.key === "Home") go(0);
    else if (pressed.key === "End") go(stops.length - 1);
    else if (found) go(stops.indexOf(found));
    else return;
    pressed.preventDefault();
  });
}

// A target inside a closed part opens it, and takes the focus with it.
function arrive() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let part = target.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  target.scrollIntoView();
  target.focus({ preventScroll: true });
}
window.addEventListener("hashchange", arrive);
arrive();

const find = document.getElementById("find");
const found = document.getElementById("found");
const entries = [...document.querySelectorAll("#index li")];
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
find.addEventListener("input", () => {
  const asked = plain(find.value.trim());
  for (const entry of entries) entry.hidden = !plain(entry.textContent).includes(asked);
  const left = entries.filter((entry) => !entry.hidden).length;
  found.textContent = asked ? `${left} ${left === 1 ? "country" : "countries"}${left ? "; Enter opens the first" : ""}` : "";
});
find.addEventListener("keydown", (pressed) => {
  const first = entries.find((entry) => !entry.hidden);
  if (pressed.key === "Enter" && find.value.trim() && first) location.hash = first.querySelector("a").hash;
});
