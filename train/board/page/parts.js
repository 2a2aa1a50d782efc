// Pieces of pages that all views are made of.

export function element(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

export function card(title, event, colour, content) {
  const c = element("section", { className: "card" }), h = element("h3");
  const name = element("span");
  name.append(swatch(colour), ` ${title}`);
  h.append(name);
  if (event) h.append(element("small", { textContent: `step ${event.step}` }));
  c.append(h, content);
  c.style.marginBottom = "14px";
  return c;
}

export function swatch(colour) {
  const s = element("i", { className: "swatch" });
  s.style.background = colour;
  return s;
}
