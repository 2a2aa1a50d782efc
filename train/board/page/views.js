// The views: what is in <main>. Each is {title, show(store, settings, main)}, and
// is called again when there is news; it keeps its nodes, so that the place on the
// page and the keyboard's focus stay.
import { Chart, smooth } from "./chart.js";
import { duration, formatOf, number } from "./format.js";
import { histograms } from "./histogram.js";
import { card, element, swatch } from "./parts.js";

// curves: a chart for each tag, grouped by what is before the slash.
class Curves {
  title = "Curves";
  charts = new Map();

  show(store, settings, main) {
    const tags = store.tags("scalar");
    if (tags.length === 0) return empty(main, store, "No curves yet.");
    const key = tags.join("\n") + settings.axis;
    if (this.key !== key || this.main !== main.firstChild) this.build(tags, settings, main, key);
    for (const tag of tags) {
      const lines = store.visible().filter((r) => r.data.scalar.has(tag)).map((r) => line(store, r, tag, settings));
      this.charts.get(tag).draw(lines, settings.log);
    }
  }

  build(tags, settings, main, key) {
    this.charts.clear();
    const groups = new Map();
    for (const tag of tags) {
      const group = tag.includes("/") ? tag.slice(0, tag.indexOf("/")) : "run";
      if (!groups.has(group)) groups.set(group, element("div", { className: "cards" }));
      const x = { step: (v) => `step ${number(Math.round(v))}`, epoch: (v) => `epoch ${number(v)}`, time: duration }[settings.axis];
      const chart = new Chart(tag, formatOf(tag), settings.axis === "time" ? x : (v) => number(Math.round(v * 100) / 100));
      this.charts.set(tag, chart);
      groups.get(group).append(chart.node);
    }
    const all = element("div");
    for (const [name, cards] of groups) all.append(element("h2", { textContent: name }), cards);
    main.replaceChildren(all);
    [this.key, this.main] = [key, all];
  }
}

function line(store, run, tag, settings) {
  const s = run.data.scalar.get(tag);
  const x = settings.axis === "time" ? s.time.map((t) => t - s.time[0]) : s[settings.axis];
  return { name: run.name, colour: store.colour(run.name), x, raw: s.value, y: smooth(s.value, settings.smooth) };
}

// settings and last values, a row a run, sorted by any column.
class Table {
  title = "Runs";
  by = "";
  down = false;

  show(store, settings, main) {
    const runs = store.visible();
    if (runs.length === 0) return empty(main, store, "No runs.");
    const tags = store.tags("scalar");
    const params = [...new Set(runs.flatMap((r) => Object.keys(r.hparams ?? {})))].sort();
    const columns = [
      { name: "run", of: (r) => r.name },
      { name: "started", of: (r) => Date.parse(r.created), show: (r) => new Date(r.created).toLocaleString() },
      { name: "took", of: took, show: (r) => duration(took(r)) },
      ...tags.map((t) => ({ name: t, of: (r) => r.data.scalar.get(t)?.value.at(-1), show: (r) => shown(formatOf(t), r.data.scalar.get(t)?.value.at(-1)) })),
      ...params.map((p) => ({ name: p, key: `set:${p}`, of: (r) => r.hparams?.[p], show: (r) => text(r.hparams?.[p]) })),
      { name: "device", of: (r) => r.device },
    ];
    const column = columns.find((c) => keyOf(c) === this.by);
    if (column) runs.sort((a, b) => compare(column.of(a), column.of(b)) * (this.down ? -1 : 1));
    const focus = document.activeElement?.dataset?.column;
    const table = element("table");
    table.append(this.head(columns, store, settings, main), this.body(columns, runs, store));
    const box = element("div", { className: "scroll" });
    box.append(table);
    main.replaceChildren(box);
    if (focus) main.querySelector(`[data-column="${CSS.escape(focus)}"]`)?.focus();
  }

  head(columns, store, settings, main) {
    const row = element("tr");
    for (const c of columns) {
      const button = element("button", { type: "button", textContent: c.name });
      button.dataset.column = keyOf(c);
      button.addEventListener("click", () => {
        [this.down, this.by] = [this.by === keyOf(c) && !this.down, keyOf(c)];
        this.show(store, settings, main);
      });
      const th = element("th", { scope: "col" });
      if (this.by === keyOf(c)) th.setAttribute("aria-sort", this.down ? "descending" : "ascending");
      th.append(button);
      row.append(th);
    }
    const head = element("thead");
    head.append(row);
    return head;
  }

  body(columns, runs, store) {
    const body = element("tbody");
    for (const r of runs) {
      const row = element("tr");
      columns.forEach((c, i) => {
        const cell = element("td");
        if (i === 0) cell.append(swatch(store.colour(r.name)), " ");
        cell.append(text(c.show ? c.show(r) : c.of(r)));
        row.append(cell);
      });
      body.append(row);
    }
    return body;
  }
}

const keyOf = (column) => column.key ?? column.name; // a setting and a curve may have one name
const took = (r) => (Date.parse(r.updated) - Date.parse(r.created)) / 1000;
const shown = (format, v) => (v === undefined ? "" : format(v));
const text = (v) => (v === undefined || v === null ? "" : typeof v === "number" ? number(v) : typeof v === "object" ? JSON.stringify(v) : String(v));
const compare = (a, b) => (a === undefined) - (b === undefined) || (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));

// confusion matrices: the last one of each run and tag.
class Matrices {
  title = "Confusion";

  show(store, settings, main) {
    const cards = [];
    for (const r of store.visible()) {
      for (const [tag, list] of r.data.matrix) cards.push(card(`${r.name}: ${tag}`, list.at(-1), store.colour(r.name), matrix(list.at(-1))));
    }
    if (cards.length === 0) return empty(main, store, "No confusion matrix yet.");
    main.replaceChildren(...cards);
  }
}

function matrix(e) {
  const table = element("table", { className: "matrix" }), labels = e.labels ?? e.rows.map((_, i) => i);
  table.append(element("caption", { textContent: "rows: what it is; columns: what it was taken for" }));
  const head = element("tr");
  head.append(element("td"), ...labels.map((l) => element("th", { scope: "col", textContent: l })));
  table.append(head);
  e.rows.forEach((row, i) => {
    const sum = row.reduce((a, b) => a + Number(b), 0) || 1;
    const tr = element("tr");
    tr.append(element("th", { scope: "row", textContent: labels[i] }));
    row.forEach((v, j) => {
      const part = Number(v) / sum, td = element("td", { textContent: number(Number(v)) });
      const tint = Math.round(Math.sqrt(part) * 85);
      td.style.background = `color-mix(in srgb, ${i === j ? "#059669" : "#dc2626"} ${tint}%, transparent)`;
      td.title = `${labels[i]} taken for ${labels[j]}: ${v} of ${sum} (${(100 * part).toFixed(1)} %)`;
      tr.append(td);
    });
    table.append(tr);
  });
  const box = element("div", { className: "scroll" });
  box.append(table);
  return box;
}

// sample images: of each tag the last ones.
class Images {
  title = "Images";

  show(store, settings, main) {
    const cards = [];
    for (const r of store.visible()) {
      for (const [tag, list] of r.data.image) {
        const box = element("div", { className: "images" });
        for (const e of list.slice(-12).reverse()) box.append(picture(r.name, tag, e));
        cards.push(card(`${r.name}: ${tag}`, list.at(-1), store.colour(r.name), box));
      }
    }
    if (cards.length === 0) return empty(main, store, "No images yet.");
    const key = cards.map((c) => c.textContent).join();
    if (this.key === key && main.contains(this.first)) return; // loaded already
    [this.key, this.first] = [key, cards[0]];
    main.replaceChildren(...cards);
  }
}

function picture(run, tag, e) {
  const f = element("figure"), caption = [`step ${e.step}`, e.caption].filter(Boolean).join(": ");
  const src = `api/image?run=${encodeURIComponent(run)}&file=${encodeURIComponent(e.file)}`;
  f.append(element("img", { src, alt: `${tag}, ${caption}`, loading: "lazy" }), element("figcaption", { textContent: caption }));
  return f;
}

// notes, and what was run.
class Notes {
  title = "Notes";

  show(store, settings, main) {
    const cards = store.visible().map((r) => {
      const box = element("div");
      box.append(element("pre", { textContent: (r.argv ?? []).join(" ") }));
      box.append(element("p", { textContent: `facula ${r.version || "?"}, ${r.device || "cpu"}, ${r.threads || "?"} threads` }));
      for (const [tag, list] of r.data.text) for (const e of list) box.append(element("h2", { textContent: `${tag}, step ${e.step}` }), element("pre", { textContent: e.text }));
      return card(r.name, undefined, store.colour(r.name), box);
    });
    if (cards.length === 0) return empty(main, store, "No runs.");
    main.replaceChildren(...cards);
  }
}

class Histograms {
  title = "Histograms";

  show(store, settings, main) {
    const list = store.visible().flatMap((r) => [...r.data.histogram].map(([tag, events]) => ({ name: r.name, tag, events, colour: store.colour(r.name) })));
    if (list.length === 0) return empty(main, store, "No histograms yet. A recipe writes them with histograms = true.");
    histograms(list, main);
  }
}

function empty(main, store, message) {
  const none = store.runs.length === 0;
  const p = element("p", { className: "empty" });
  p.textContent = none ? "There are no runs here yet. Start one with facula train recipe.toml: it shows up by itself." : store.shown.size === 0 ? "No run is chosen: tick one on the left." : message;
  main.replaceChildren(p);
}

export const views = [new Curves(), new Table(), new Matrices(), new Images(), new Histograms(), new Notes()];
