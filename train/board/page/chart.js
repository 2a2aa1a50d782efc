// A chart of lines on a canvas. It reads with the mouse, and with the keyboard:
// the arrow keys move from point to point and the readout below says the values.
import { ticks } from "./format.js";
import { element } from "./parts.js";

const margin = { left: 62, right: 10, top: 8, bottom: 24 };

export class Chart {
  // node is what to put on the page; draw fills it.
  constructor(title, format, xformat) {
    this.format = format;
    this.xformat = xformat;
    this.title = title;
    this.node = element("section", { className: "card" });
    this.head = element("h3", { textContent: title });
    this.canvas = element("canvas", { className: "chart", tabIndex: 0 });
    this.canvas.setAttribute("role", "img");
    this.out = element("div", { className: "read" });
    this.out.setAttribute("aria-live", "polite");
    this.node.append(this.head, this.canvas, this.out);
    this.canvas.addEventListener("pointermove", (e) => this.pointAt(e.offsetX));
    this.canvas.addEventListener("pointerleave", () => this.point(undefined));
    this.canvas.addEventListener("keydown", (e) => this.key(e));
    this.canvas.addEventListener("blur", () => this.point(undefined));
  }

  // draw shows lines [{name, colour, x: [], y: [], raw: []}]; raw is y before smoothing.
  draw(lines, logarithmic) {
    this.lines = lines.filter((l) => l.x.length > 0);
    this.log = logarithmic;
    this.range();
    this.paint();
    this.read();
    const said = this.lines.map((l) => `${l.name}: last ${this.format(l.raw.at(-1))}`).join("; ");
    this.canvas.setAttribute("aria-label", `${this.title}, ${this.lines.length} curves. ${said}. Arrow keys read the points.`);
  }

  range() {
    let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const l of this.lines) {
      for (let i = 0; i < l.x.length; i++) {
        const y = this.scale(l.y[i]);
        if (!Number.isFinite(y)) continue;
        x0 = Math.min(x0, l.x[i]); x1 = Math.max(x1, l.x[i]);
        y0 = Math.min(y0, y); y1 = Math.max(y1, y);
      }
    }
    if (x0 > x1) [x0, x1, y0, y1] = [0, 1, 0, 1];
    if (x0 === x1) [x0, x1] = [x0 - 0.5, x1 + 0.5];
    const pad = (y1 - y0) * 0.06 || Math.abs(y0) * 0.1 || 1;
    this.box = { x0, x1, y0: y0 - pad, y1: y1 + pad };
  }

  scale(y) {
    return this.log ? Math.log10(y) : y;
  }

  paint() {
    const { canvas } = this, ratio = devicePixelRatio || 1;
    const w = canvas.clientWidth, h = canvas.clientHeight;
    if (w === 0) return;
    canvas.width = w * ratio;
    canvas.height = h * ratio;
    const g = canvas.getContext("2d");
    g.scale(ratio, ratio);
    const { x0, x1, y0, y1 } = this.box;
    this.px = (x) => margin.left + ((x - x0) / (x1 - x0)) * (w - margin.left - margin.right);
    this.py = (y) => h - margin.bottom - ((this.scale(y) - y0) / (y1 - y0)) * (h - margin.top - margin.bottom);
    this.axes(g, w, h);
    for (const l of this.lines) {
      if (l.raw !== l.y) this.line(g, l, l.raw, 0.25);
      this.line(g, l, l.y, 1);
    }
    if (this.at !== undefined) this.cursor(g, h);
  }

  axes(g, w, h) {
    const css = getComputedStyle(document.documentElement);
    g.font = "11px system-ui, sans-serif";
    g.fillStyle = css.getPropertyValue("--soft");
    g.strokeStyle = css.getPropertyValue("--line");
    g.lineWidth = 1;
    const { x0, x1, y0, y1 } = this.box;
    g.textAlign = "right";
    g.textBaseline = "middle";
    for (const t of ticks(y0, y1, 4)) {
      const y = Math.round(h - margin.bottom - ((t - y0) / (y1 - y0)) * (h - margin.top - margin.bottom)) + 0.5;
      g.beginPath(); g.moveTo(margin.left, y); g.lineTo(w - margin.right, y); g.stroke();
      g.fillText(this.format(this.log ? 10 ** t : t), margin.left - 6, y);
    }
    g.textAlign = "center";
    g.textBaseline = "top";
    for (const t of ticks(x0, x1, Math.max(2, Math.floor(w / 90)))) g.fillText(this.xformat(t), this.px(t), h - margin.bottom + 7);
  }

  // line draws at most a few points a pixel; what is not finite is a gap.
  line(g, l, values, alpha) {
    g.strokeStyle = l.colour;
    g.globalAlpha = alpha;
    g.lineWidth = 1.6;
    g.lineJoin = "round";
    g.beginPath();
    let down = false, last = -1, low = 0, high = 0;
    for (let i = 0; i < values.length; i++) {
      const x = this.px(l.x[i]), y = this.py(values[i]);
      if (!Number.isFinite(y)) { down = false; continue; }
      if (!down) g.moveTo(x, y);
      else if (x - last < 0.5 && y >= low && y <= high) continue; // is covered already
      else g.lineTo(x, y);
      if (x - last >= 0.5 || !down) [last, low, high] = [x, y, y];
      [low, high] = [Math.min(low, y), Math.max(high, y)];
      down = true;
    }
    g.stroke();
    if (values.length === 1) {
      g.fillStyle = l.colour;
      g.beginPath(); g.arc(this.px(l.x[0]), this.py(values[0]), 3, 0, 7); g.fill();
    }
    g.globalAlpha = 1;
  }

  cursor(g, h) {
    g.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue("--soft");
    g.setLineDash([3, 3]);
    g.beginPath(); g.moveTo(this.px(this.at), margin.top); g.lineTo(this.px(this.at), h - margin.bottom); g.stroke();
    g.setLineDash([]);
    for (const l of this.lines) {
      const i = nearest(l.x, this.at), y = this.py(l.y[i]);
      if (!Number.isFinite(y)) continue;
      g.fillStyle = l.colour;
      g.beginPath(); g.arc(this.px(l.x[i]), y, 3.5, 0, 7); g.fill();
    }
  }

  pointAt(px) {
    if (!this.px || !this.lines.length) return;
    const { x0, x1 } = this.box, w = this.canvas.clientWidth - margin.left - margin.right;
    const x = x0 + ((px - margin.left) / w) * (x1 - x0);
    const l = this.lines[0];
    this.point(l.x[nearest(l.x, x)]);
  }

  point(x) {
    this.at = x;
    this.paint();
    this.read();
  }

  key(e) {
    const xs = this.lines[0]?.x;
    if (!xs) return;
    let i = this.at === undefined ? xs.length - 1 : nearest(xs, this.at);
    const far = e.shiftKey ? 10 : 1;
    if (e.key === "ArrowLeft") i = this.at === undefined ? i : i - far;
    else if (e.key === "ArrowRight") i += far;
    else if (e.key === "Home") i = 0;
    else if (e.key === "End") i = xs.length - 1;
    else return;
    e.preventDefault();
    this.point(xs[Math.min(xs.length - 1, Math.max(0, i))]);
  }

  // read says the values at the cursor, or the last ones.
  read() {
    const where = this.at === undefined ? "last" : this.xformat(this.at);
    const parts = [element("span", { textContent: where })];
    for (const l of this.lines) {
      const i = this.at === undefined ? l.x.length - 1 : nearest(l.x, this.at);
      const s = element("span"), swatch = element("i", { className: "swatch" });
      swatch.style.background = l.colour;
      s.append(swatch, `${l.name} `, element("b", { textContent: this.format(l.raw[i]) }));
      parts.push(s);
    }
    this.out.replaceChildren(...parts);
  }
}

// nearest is the index of the value in the sorted list xs that is nearest to x.
function nearest(xs, x) {
  let lo = 0, hi = xs.length - 1;
  while (hi - lo > 1) {
    const mid = (lo + hi) >> 1;
    if (xs[mid] < x) lo = mid;
    else hi = mid;
  }
  return Math.abs(xs[lo] - x) <= Math.abs(xs[hi] - x) ? lo : hi;
}

// smooth is the average of all values before, the last ones counting most; as
// in an optimizer's momentum, the first ones are corrected for the start from 0.
export function smooth(values, weight) {
  if (weight === 0) return values;
  let sum = 0, part = 0;
  return values.map((v) => {
    if (!Number.isFinite(v)) return v;
    sum = sum * weight + v * (1 - weight);
    part = part * weight + 1 - weight;
    return sum / part;
  });
}
