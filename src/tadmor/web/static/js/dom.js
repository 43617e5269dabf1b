// Builds elements. Text only ever becomes text nodes; nothing here, or anywhere, parses markup.

const SVG = "http://www.w3.org/2000/svg";
// Characters that reorder, hide or steer text without being seen; their codes are shown instead.
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

export function visible(text) {
  return String(text).replace(HIDDEN, (sign) =>
    "[U+" + sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0") + "]");
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.setAttribute("class", value);
    else if (name === "value" || name === "checked" || name === "selected" || name === "disabled") element[name] = value;
    else element.setAttribute(name, value === true ? "" : visible(value));
  }
  add(element, children);
  return element;
}

function add(element, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) add(element, child);
    else element.append(child instanceof Node ? child : document.createTextNode(visible(child)));
  }
}

export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
export const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

// Puts children in place of what an element holds, and keeps the focus where a new element has the same data-key.
export function show(element, ...children) {
  const fresh = document.createDocumentFragment();
  add(fresh, children);
  keepFocus(element, () => element.replaceChildren(fresh));
}

function keepFocus(element, change) {
  const focused = document.activeElement;
  const key = element.contains(focused) ? focused.dataset?.key : null;
  change();
  if (key && document.activeElement !== focused) element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

// Makes these elements all that an element holds; those that stand in their place already are not touched.
export function become(element, children) {
  const wanted = new Set(children);
  keepFocus(element, () => {
    children.forEach((child, at) => {
      const there = element.childNodes[at];
      if (there === child) return;
      if (there && !wanted.has(there)) there.replaceWith(child);
      else element.insertBefore(child, there ?? null);
    });
    while (element.childNodes.length > children.length) element.lastChild.remove();
  });
}

export const $ = (id) => document.getElementById(id);

// The signs by which a holder is known, as in the drawn maps: hue and shape.
export const SHAPES = [
  "M6.4 0A6.4 6.4 0 1 1-6.4 0A6.4 6.4 0 1 1 6.4 0z",
  "M-5.7-5.7H5.7V5.7H-5.7z",
  "M0-8 8 0 0 8-8 0z",
  "M0-7.6 7.6 5.6h-15.2z",
  "M0 7.6 7.6-5.6h-15.2z",
  "M-7.4 0-3.7-6.4h7.4L7.4 0 3.7 6.4h-7.4z",
  "M-2.6-7h5.2v4.4h4.4v5.2h-4.4v4.4h-5.2v-4.4h-4.4v-5.2h4.4z",
  "M0-7.8 2.1-2.6 7.6-2.3 3.3 1.2 4.8 6.6 0 3.5-4.8 6.6-3.3 1.2-7.6-2.3-2.1-2.6z",
];

// Every hue has a texture of its own (but for the first), which says the same: a pattern of the page, or lines drawn over.
export const TEXTURES = [
  "", "M-4-4v.1M0 0v.1M4 4v.1M-4 4v.1M4-4v.1M-4 0v.1M4 0v.1M0-4v.1M0 4v.1", "M-9-4.5H9M-9 0H9M-9 4.5H9", "M-4.5-9V9M0-9V9M4.5-9V9", "M-9-3H9M-9 3H9M-3-9V9M3-9V9",
  "M-4.5 -6.5v4M-6.5 -4.5h4M4.5 -6.5v4M2.5 -4.5h4M0 -2v4M-2 0h4M-4.5 2.5v4M-6.5 4.5h4M4.5 2.5v4M2.5 4.5h4",
  "M-2.7 -4.5a1.8 1.8 0 1 1-3.6 0a1.8 1.8 0 1 1 3.6 0zM6.3 -4.5a1.8 1.8 0 1 1-3.6 0a1.8 1.8 0 1 1 3.6 0zM1.8 0a1.8 1.8 0 1 1-3.6 0a1.8 1.8 0 1 1 3.6 0zM-2.7 4.5a1.8 1.8 0 1 1-3.6 0a1.8 1.8 0 1 1 3.6 0zM6.3 4.5a1.8 1.8 0 1 1-3.6 0a1.8 1.8 0 1 1 3.6 0z",
];

let looks = new Map();
export function setLooks(holders) {
  looks = new Map(holders.map((one) => [one.name, one]));
}
export const lookOf = (holder) => (holder ? looks.get(holder) : undefined);
export const hueClass = (holder) => {
  const look = lookOf(holder);
  return look ? `hue${look.hue % 7}` : "nobody";
};

// Makes the textures patterns of the page, each as large as a mark and around its middle.
export function weavePatterns() {
  $("marks").append(...TEXTURES.map((path, hue) => s("pattern", { id: `mark${hue}`, x: -9, y: -9, width: 18, height: 18, viewBox: "-9 -9 18 18", patternUnits: "userSpaceOnUse" }, s("path", { d: path, class: "texture" }))));
}

// The texture of a holder in the shape of its mark, to lie over it.
export function textured(holder) {
  const look = lookOf(holder);
  return look && TEXTURES[look.hue % 7] ? s("path", { d: SHAPES[look.shape % 8], class: "pattern", fill: `url(#mark${look.hue % 7})` }) : null;
}

// `woven`: with its texture, which lists of hundreds that follow the slider do without.
export function glyph(holder, sure = 1, woven = true) {
  const look = lookOf(holder);
  return s("svg", { class: `glyph ${hueClass(holder)}`, viewBox: "-9 -9 18 18", width: 15, height: 15, "aria-hidden": "true" },
    s("path", { d: SHAPES[look ? look.shape % 8 : 0], class: holder ? "full" : "empty", "fill-opacity": holder ? Math.max(sure, 0.15) : null }), woven ? textured(holder) : null);
}

export function button(label, act, attributes = {}) {
  return h("button", { type: "button", onclick: act, ...attributes }, label);
}
