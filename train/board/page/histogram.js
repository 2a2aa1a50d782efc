// Histograms over time: a strip for each, the newest in front at the bottom.
import { number } from "./format.js";
import { card, element } from "./parts.js";

const most = 24; // strips of a picture

export function histograms(list, main) {
  const cards = list.map(({ name, tag, events, colour }) => {
    const canvas = element("canvas", { className: "chart", tabIndex: 0 });
    const last = events.at(-1);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `${tag} of ${name}: at step ${last.step} from ${number(Number(last.min))} to ${number(Number(last.max))}, mean ${number(Number(last.mean))}, standard deviation ${number(Number(last.std))}`);
    const c = card(`${name}: ${tag}`, last, colour, canvas);
    c.append(element("div", { className: "read", textContent: `mean ${number(Number(last.mean))}, std ${number(Number(last.std))}, from ${number(Number(last.min))} to ${number(Number(last.max))}` }));
    return { c, canvas, events, colour };
  });
  const box = element("div", { className: "cards" });
  box.append(...cards.map((x) => x.c));
  main.replaceChildren(box);
  for (const x of cards) draw(x.canvas, pick(x.events), x.colour);
}

// pick takes some of many, the last one among them.
function pick(events) {
  if (events.length <= most) return events;
  return Array.from({ length: most }, (_, i) => events[Math.round((i * (events.length - 1)) / (most - 1))]);
}

function draw(canvas, events, colour) {
  const ratio = devicePixelRatio || 1, w = canvas.clientWidth, h = canvas.clientHeight;
  canvas.width = w * ratio;
  canvas.height = h * ratio;
  const g = canvas.getContext("2d"), css = getComputedStyle(document.documentElement);
  g.scale(ratio, ratio);
  const finite = events.flatMap((e) => e.edges.map(Number)).filter(Number.isFinite);
  let lo = Math.min(...finite), hi = Math.max(...finite);
  if (!(lo < hi)) [lo, hi] = [lo - 1, lo + 1];
  const tall = Math.max(...events.map((e) => Math.max(...densities(e)))) || 1;
  const left = 44, strip = (h * 0.55) / Math.max(1, events.length - 1), room = h * 0.35, px = (v) => left + ((v - lo) / (hi - lo)) * (w - left - 10);
  g.font = "11px system-ui, sans-serif";
  events.forEach((e, i) => {
    const base = h - 20 - strip * (events.length - 1 - i), d = densities(e);
    g.beginPath();
    g.moveTo(px(Number(e.edges[0])), base);
    d.forEach((v, j) => {
      g.lineTo(px(Number(e.edges[j])), base - (v / tall) * room);
      g.lineTo(px(Number(e.edges[j + 1])), base - (v / tall) * room);
    });
    g.lineTo(px(Number(e.edges.at(-1))), base);
    g.fillStyle = css.getPropertyValue("--card");
    g.fill();
    g.globalAlpha = 0.25 + (0.5 * i) / events.length;
    g.fillStyle = colour;
    g.fill();
    g.globalAlpha = 1;
    g.strokeStyle = colour;
    g.stroke();
    if (i === 0 || i === events.length - 1 || strip > 13) {
      g.fillStyle = css.getPropertyValue("--soft");
      g.textAlign = "right";
      g.fillText(String(e.step), left - 6, base);
    }
  });
  g.fillStyle = css.getPropertyValue("--soft");
  g.textAlign = "center";
  for (const v of [lo, (lo + hi) / 2, hi]) g.fillText(number(v), Math.min(w - 20, Math.max(left, px(v))), h - 4);
}

// densities are the counts by width, so that bins of unequal width compare.
function densities(e) {
  const sum = e.counts.reduce((a, b) => a + Number(b), 0) || 1;
  return e.counts.map((c, i) => {
    const width = Number(e.edges[i + 1]) - Number(e.edges[i]);
    return width > 0 ? Number(c) / sum / width : 0;
  });
}
