// Strips: the history of a place as bars, and how probable each holder was as bands.

import { glyph, h, hueClass, lookOf, s } from "./dom.js";
import { boundWords, dayWords, percent, stateWords, t, toIso, toNumber } from "./words.js";

const WIDE = 1000;

export const axisOf = (first, last) => {
  const from = toNumber(first), to = toNumber(last);
  const room = Math.max(Math.round((to - from) / 30), 3);
  return { from: from - room, to: to + room };
};
const at = (axis, day) => Math.min(Math.max((day - axis.from) / (axis.to - axis.from) * WIDE, 0), WIDE);

// The spells of one lane as bars, faded over the days within which each may have begun. `pick(spell)` may be null.
export function bars(spells, axis, { high = 22, outline = false, label = true, pick = null, day = null } = {}) {
  const drawing = s("svg", { class: `bars${outline ? " outline" : ""}`, viewBox: `0 0 ${WIDE} ${high}`, preserveAspectRatio: "none", role: pick ? "group" : "img", "aria-label": spells.map((spell) => t("strip.spell", { from: boundWords(spell.start), state: stateWords(spell) })).join("; ") });
  spells.forEach((spell, number) => {
    const after = spells[number + 1];
    const begin = spell.start[1] ?? spell.begins;
    const x0 = spell.start[0] || spell.start[1] ? at(axis, toNumber(begin)) : 0;
    const early = spell.start[0] ? at(axis, toNumber(spell.start[0])) : x0;
    const x1 = after ? at(axis, toNumber(after.start[1] ?? after.begins)) : spell.end ? at(axis, toNumber(spell.end[1] ?? spell.end[0] ?? toIso(axis.to)) + 1) : WIDE;
    const group = s("g", { class: `bar ${hueClass(spell.holder)}`, tabindex: pick ? "0" : null, role: pick ? "button" : null, "aria-label": pick ? `${boundWords(spell.start)}: ${stateWords(spell)}, ${percent(spell.sure)}` : null });
    const width = Math.max(x1 - x0, 2);
    const opacity = spell.holder ? 0.2 + 0.8 * spell.sure : null;
    if (early < x0) group.append(s("rect", { class: "fade", x: early, y: high * 0.3, width: x0 - early, height: high * 0.4, "fill-opacity": 0.35 }));
    group.append(s("rect", { class: spell.holder ? "fill" : "fill none", x: x0, y: 1, width, height: high - 2, "fill-opacity": opacity }));
    const texture = lookOf(spell.holder)?.hue % 7; // says the same as the colour
    if (texture) group.append(s("rect", { x: x0, y: 1, width, height: high - 2, fill: `url(#texture${texture})` }));
    if (spell.contested || spell.status === "contested") group.append(s("rect", { x: x0, y: 1, width, height: high - 2, fill: "url(#hatch)" }));
    if (spell.besieged) group.append(s("path", { class: "siege", d: `M${x0} 1.2h${width}M${x0} ${high - 1.2}h${width}`, "vector-effect": "non-scaling-stroke" }));
    group.append(s("title", {}, `${boundWords(spell.start)}: ${stateWords(spell)} (${percent(spell.sure)})`));
    if (pick) {
      group.addEventListener("click", () => pick(spell));
      group.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pick(spell); } });
    }
    drawing.append(group);
  });
  if (day !== null) drawing.append(needle(axis, day, high));
  const frame = h("div", { class: "lane-bars", dir: "ltr" }, drawing);
  if (label) {
    // Words stand over the drawing, which is stretched, so that they are not.
    spells.forEach((spell, number) => {
      const after = spells[number + 1];
      const begin = spell.start[0] || spell.start[1] ? at(axis, toNumber(spell.start[1] ?? spell.begins)) : 0;
      const end = after ? at(axis, toNumber(after.start[1] ?? after.begins)) : WIDE;
      if (end - begin < 90 || !spell.holder) return;
      const word = h("span", { class: "bar-name", "aria-hidden": "true" }, spell.holder);
      word.style.insetInlineStart = `${begin / WIDE * 100}%`;
      word.style.maxInlineSize = `${(end - begin) / WIDE * 100}%`;
      frame.append(word);
    });
  }
  return frame;
}

function needle(axis, day, high) {
  const x = at(axis, toNumber(day));
  return s("line", { class: "needle", x1: x, x2: x, y1: 0, y2: high, "vector-effect": "non-scaling-stroke" });
}

// How probable each holder is, stacked over time; `pick(iso)` on a click.
export function bandsChart(found, axis, { high = 84, day = null, pick = null } = {}) {
  const names = Object.keys(found.holders).sort((a, b) => (a === "unknown") - (b === "unknown") || sum(found.holders[b]) - sum(found.holders[a]));
  const drawing = s("svg", { class: "bands", viewBox: `0 0 ${WIDE} ${high}`, preserveAspectRatio: "none", role: "img", "aria-label": t("bands.label") });
  const lower = new Array(found.days.length).fill(0);
  for (const name of names) {
    const values = found.holders[name];
    const up = [], down = [];
    found.days.forEach((one, index) => {
      const x = at(axis, one).toFixed(1);
      down.push(`${x} ${(high - lower[index] * high).toFixed(1)}`);
      lower[index] = Math.min(lower[index] + values[index], 1);
      up.push(`${x} ${(high - lower[index] * high).toFixed(1)}`);
    });
    drawing.append(s("path", { class: `area ${name === "unknown" ? "unknown" : name === "partly" ? "partly" : hueClass(name)}`, d: `M${up.join("L")}L${down.reverse().join("L")}z` }, s("title", {}, name === "unknown" ? t("state.unknown") : name)));
  }
  for (const share of [0.25, 0.5, 0.75]) drawing.append(s("line", { class: "grid", x1: 0, x2: WIDE, y1: high * share, y2: high * share, "vector-effect": "non-scaling-stroke" }));
  if (day !== null) drawing.append(needle(axis, day, high));
  if (pick) {
    drawing.classList.add("pickable");
    drawing.addEventListener("click", (event) => {
      const box = drawing.getBoundingClientRect();
      pick(toIso(Math.round(axis.from + (event.clientX - box.left) / box.width * (axis.to - axis.from))));
    });
  }
  return h("div", { class: "bands-frame" }, h("div", { dir: "ltr" }, drawing), h("ul", { class: "key" }, names.map((name) => h("li", {}, name === "unknown" ? h("i", { class: "swatch unknown" }) : name === "partly" ? h("i", { class: "swatch partly" }) : glyph(name), name === "unknown" ? t("state.unknown") : name === "partly" ? t("state.several") : name))));
}
const sum = (values) => values.reduce((all, one) => all + one, 0);

// Small marks where claims speak, over the strip.
export function saidRow(said, axis) {
  const most = Math.max(...said.map(([, count]) => count), 1);
  return s("svg", { class: "said-row", viewBox: `0 0 ${WIDE} 14`, preserveAspectRatio: "none", role: "img", "aria-label": t("strip.said") },
    s("path", { d: said.filter(([day]) => day >= axis.from && day <= axis.to).map(([day, count]) => `M${at(axis, day).toFixed(1)} 14v-${(3 + 11 * Math.sqrt(count / most)).toFixed(1)}`).join(""), "vector-effect": "non-scaling-stroke" }));
}

export function axisRow(axis) {
  const row = h("div", { class: "axis", dir: "ltr", "aria-hidden": "true" });
  const span = axis.to - axis.from;
  const months = span > 2200 ? 24 : span > 900 ? 12 : span > 450 ? 6 : span > 200 ? 3 : span > 62 ? 1 : 0;
  const days = [];
  if (months) {
    const year = new Date(axis.from * 86_400_000).getUTCFullYear();
    for (let month = 0; ; month += months) {
      const day = Date.UTC(year, month, 1) / 86_400_000;
      if (day > axis.to) break;
      if (day >= axis.from) days.push(day);
    }
  } else for (let day = axis.from + Math.round(span / 8); day < axis.to; day += Math.max(Math.round(span / 4), 1)) days.push(day);
  for (const day of days) {
    const iso = toIso(day);
    const tick = h("span", {}, months >= 12 ? iso.slice(0, 4) : months ? new Intl.DateTimeFormat(document.documentElement.lang || "en", { month: "short", year: "2-digit", timeZone: "UTC" }).format(day * 86_400_000) : dayWords(iso));
    tick.style.insetInlineStart = `${at(axis, day) / WIDE * 100}%`;
    row.append(tick);
  }
  return row;
}
