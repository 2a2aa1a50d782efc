// Numbers and times as people read them.

export function number(v) {
  if (!Number.isFinite(v)) return Number.isNaN(v) ? "NaN" : v > 0 ? "∞" : "−∞";
  const a = Math.abs(v);
  if (a !== 0 && (a < 1e-3 || a >= 1e6)) return v.toExponential(2).replace("e+", "e").replace("-", "−");
  const text = a >= 1000 ? v.toFixed(0) : Number(v.toPrecision(4)).toString();
  return text.replace("-", "−");
}

const sizes = ["B", "KiB", "MiB", "GiB", "TiB"];

export function bytes(v) {
  let i = 0;
  for (; v >= 1024 && i < sizes.length - 1; i++) v /= 1024;
  return `${number(Number(v.toPrecision(3)))} ${sizes[i]}`;
}

export function duration(seconds) {
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

export const formatOf = (tag) => (/bytes/.test(tag) ? bytes : number);

// ticks are round numbers from lo to hi, about n of them.
export function ticks(lo, hi, n) {
  const raw = (hi - lo) / n, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw);
  const out = [];
  for (let i = Math.ceil(lo / step - 1e-9); i * step <= hi + step * 1e-9; i++) out.push(i * step);
  return out;
}
