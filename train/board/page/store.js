// The data: which runs there are, and the events of those that are shown.
// The server only appends, so each run is read on from where the last answer ended.

export const colours = ["#d97706", "#2563eb", "#059669", "#dc2626", "#7c3aed", "#0891b2", "#db2777", "#65a30d", "#92400e", "#475569"];

export class Store {
  runs = []; // {name, live, hparams, created, last}
  shown = new Set();
  data = new Map(); // name → Run

  colour(name) {
    return colours[this.runs.findIndex((r) => r.name === name) % colours.length];
  }

  // poll asks for news and returns whether there were some.
  async poll() {
    const runs = await get("api/runs");
    const fresh = runs.filter((r) => !this.runs.some((old) => old.name === r.name));
    let changed = JSON.stringify(runs) !== JSON.stringify(this.runs);
    this.runs = runs;
    for (const r of fresh.slice(0, 8)) this.shown.add(r.name);
    for (const name of this.shown) {
      if (!runs.some((r) => r.name === name)) continue;
      if (!this.data.has(name)) this.data.set(name, new Run());
      changed = (await this.data.get(name).read(name)) || changed;
    }
    return changed;
  }

  // visible are the runs with data that are shown, in the order of the list.
  visible() {
    return this.runs.filter((r) => this.shown.has(r.name) && this.data.has(r.name)).map((r) => ({ ...r, ...{ data: this.data.get(r.name) } }));
  }

  // tags are all tags of one kind, in the order that people look for.
  tags(kind) {
    const all = new Set();
    for (const r of this.visible()) for (const tag of r.data[kind].keys()) all.add(tag);
    const rank = (t) => (/loss/.test(t) ? 0 : /acc|f1|auc|perplexity/.test(t) ? 1 : /^lr|rate/.test(t) ? 2 : 3);
    return [...all].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  }
}

class Run {
  at = 0; // where to read on
  generation = 0; // the server starts a new one where a resumed run dropped events
  scalar = new Map(); // tag → {step: [], value: [], epoch: [], time: []}
  histogram = new Map(); // tag → events
  image = new Map();
  matrix = new Map();
  text = new Map();

  async read(name) {
    let changed = false;
    for (;;) {
      const answer = await get(`api/events?run=${encodeURIComponent(name)}&from=${this.at}&generation=${this.generation}`);
      if (answer.reset) this.clear();
      for (const e of answer.events) this.add(e);
      changed ||= answer.reset || answer.events.length > 0;
      this.at = answer.next;
      this.generation = answer.generation;
      if (!answer.more) return changed;
    }
  }

  clear() {
    for (const kind of ["scalar", "histogram", "image", "matrix", "text"]) this[kind].clear();
  }

  add(e) {
    if (e.kind !== "scalar") {
      const list = of(this[e.kind], e.tag, () => []);
      return list?.push(e);
    }
    const s = of(this.scalar, e.tag, () => ({ step: [], value: [], epoch: [], time: [] }));
    s.step.push(e.step);
    s.value.push(Number(e.value));
    s.epoch.push(e.epoch ?? 0);
    s.time.push(e.t);
  }
}

function of(map, key, make) {
  if (!map) return undefined;
  if (!map.has(key)) map.set(key, make());
  return map.get(key);
}

async function get(path) {
  const r = await fetch(path, { cache: "no-store" });
  if (!r.ok) throw new Error(`${path}: ${r.status} ${(await r.text()).trim()}`);
  return r.json();
}
