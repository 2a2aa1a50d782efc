// The page: it asks the server for news every two seconds, and draws the view.
import { Store } from "./store.js";
import { element, swatch } from "./parts.js";
import { views } from "./views.js";

const $ = (id) => document.getElementById(id);
const store = new Store();
const settings = { smooth: 0, axis: "step", log: false };
const themes = ["system", "light", "dark"];
let view = views[0];
let theme = localStorage.getItem("theme") ?? "system";

function draw() {
  drawRuns();
  view.show(store, settings, $("main"));
}

// drawRuns lists the runs with a box to tick for each.
function drawRuns() {
  const filter = $("filter").value.toLowerCase();
  const focus = document.activeElement?.dataset?.run;
  const items = store.runs.filter((r) => r.name.toLowerCase().includes(filter)).map((r) => {
    const box = element("input", { type: "checkbox", checked: store.shown.has(r.name) });
    box.dataset.run = r.name;
    box.addEventListener("change", () => {
      if (box.checked) store.shown.add(r.name);
      else store.shown.delete(r.name);
      draw();
      update(); // a run that was not shown has not been read
    });
    const label = element("label", { title: r.name }), item = element("li");
    label.append(box, swatch(store.colour(r.name)), element("b", { textContent: r.name }), element("small", { textContent: r.live ? "live" : "" }));
    item.append(label);
    return item;
  });
  $("runs").replaceChildren(...items);
  if (focus) $("runs").querySelector(`[data-run="${CSS.escape(focus)}"]`)?.focus();
}

function drawTabs() {
  $("tabs").replaceChildren(...views.map((v, i) => {
    const b = element("button", { type: "button", textContent: v.title, title: `${v.title} (${i + 1})`, tabIndex: v === view ? 0 : -1 });
    b.setAttribute("role", "tab");
    b.setAttribute("aria-selected", String(v === view));
    b.setAttribute("aria-controls", "main");
    b.addEventListener("click", () => choose(i));
    return b;
  }));
}

function choose(i, focus = false) {
  view = views[i];
  location.hash = view.title.toLowerCase();
  drawTabs();
  $("main").replaceChildren();
  draw();
  if (focus) $("tabs").children[i].focus();
}

function applyTheme() {
  const dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  $("theme").textContent = { system: "◐ system", light: "☀ light", dark: "☾ dark" }[theme];
  draw();
}

function nextTheme() {
  theme = themes[(themes.indexOf(theme) + 1) % themes.length];
  localStorage.setItem("theme", theme);
  applyTheme();
}

function setSmooth(v) {
  settings.smooth = Math.min(0.99, Math.max(0, v));
  $("smooth").value = settings.smooth;
  $("smoothed").textContent = settings.smooth.toFixed(2);
  draw();
}

// update asks for news and draws what there is.
let busy = false;
async function update() {
  if (busy) return;
  busy = true;
  try {
    const changed = await store.poll();
    const live = store.runs.filter((r) => r.live).length;
    status(`${store.runs.length} ${store.runs.length === 1 ? "run" : "runs"}${live ? `, ${live} live` : ""}`, live ? "live" : "");
    if (changed || !$("main").hasChildNodes()) draw();
  } catch (e) {
    status(`no answer: ${e.message}`, "lost");
  }
  busy = false;
}

function status(text, className) {
  if ($("status").textContent !== text) $("status").textContent = text;
  $("status").className = className;
}

const keys = {
  "/": () => $("filter").focus(),
  "?": () => $("keys").showModal(),
  t: nextTheme,
  l: () => $("log").click(),
  "[": () => setSmooth(settings.smooth - 0.1),
  "]": () => setSmooth(settings.smooth + 0.1),
};
views.forEach((_, i) => (keys[i + 1] = () => choose(i)));

addEventListener("keydown", (e) => {
  if (e.key === "Escape" && e.target === $("filter")) return e.target.blur();
  if (e.ctrlKey || e.metaKey || e.altKey || e.target.matches("input[type=search], select") || $("keys").open) return;
  const act = keys[e.key.toLowerCase()];
  if (act) {
    e.preventDefault();
    act();
  }
});
$("tabs").addEventListener("keydown", (e) => {
  const move = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
  if (move) choose((views.indexOf(view) + move + views.length) % views.length, true);
});
$("filter").addEventListener("input", drawRuns);
$("smooth").addEventListener("input", (e) => setSmooth(Number(e.target.value)));
$("axis").addEventListener("change", (e) => { settings.axis = e.target.value; draw(); });
$("log").addEventListener("change", (e) => { settings.log = e.target.checked; draw(); });
$("theme").addEventListener("click", nextTheme);
$("help").addEventListener("click", () => $("keys").showModal());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", applyTheme);
addEventListener("resize", draw);
document.addEventListener("visibilitychange", () => document.hidden || update());

const start = views.findIndex((v) => v.title.toLowerCase() === location.hash.slice(1));
if (start > 0) view = views[start];
drawTabs();
applyTheme();
setSmooth(0);
update();
setInterval(() => document.hidden || update(), 2000);
