// The lists that are twins of the map: who holds what, changes, disputes, events, claims, sources, relations, heritage,
// reports. Each has its filters, which stand in the address.

import { SHAPES, become, button, glyph, h, hueClass, lookOf, s, show } from "./dom.js";
import { ask } from "./api.js";
import { SIGNS, eventSign } from "./marks.js";
import { claimsOf, disputeCard } from "./place.js";
import { dayLink, failed, more, placeLink, quoteCard, unfolding, waiting } from "./quote.js";
import { decisionForm, gradeBox, mayReview } from "./review.js";
import { boundWords, dayWords, daysWords, kindWords, language, numberWords, partWords, percent, stateWords, sureWords, t, typeWords } from "./words.js";
import { filters, go, link, view } from "./state.js";

const PAGE = 60;
const MOST_CLAIMS = 40; // of one event
const BOARD = 300; // rows of who holds what
const HOLDERS = 6; // that can be chosen without asking for more

export const LISTS = {
  changes: { path: "changes", filters: ["actor", "least", "days", "box", "place"], extra: () => ({ layer: view().layer === "claimed" ? "claimed" : "assessed" }), row: changeRow, empty: "changes.none" },
  disputes: { path: "disputes", filters: ["days", "box", "place"], row: (one) => disputeCard(one), empty: "disputes.none" },
  events: { path: "events", filters: ["type", "actor", "least", "days", "box", "place"], extra: () => ({}), row: eventRow, empty: "events.none" },
  claims: { path: "claims", filters: ["kind", "type", "actor", "source_kind", "review", "least", "days", "box", "text", "place"], row: (one) => quoteCard(one), empty: "claims.none" },
  sources: { path: "sources", filters: ["source_kind", "box"], rename: { source_kind: "kind" }, table: sourceTable, empty: "sources.none" },
  heritage: { path: "heritage", filters: ["days", "box"], extra: () => ({ named: false }), row: incidentRow, empty: "heritage.none" },
  review: { path: "questions", filters: ["box", "place"], row: questionRow, empty: "questions.none" },
  reports: { path: "reports", filters: ["text", "days", "box"], row: reportRow, empty: "reports.none" },
};

// What a list asks for, with its filters.
export function askedOf(tab) {
  const list = LISTS[tab];
  const found = { ...(list.extra?.() ?? {}), ...filters(list.filters, view().day) };
  for (const [from, to] of Object.entries(list.rename ?? {})) if (from in found) { found[to] = found[from]; delete found[from]; }
  return found;
}

export async function listPanel(frame, about, tab) {
  const list = LISTS[tab];
  const now = view();
  const asked = () => ({ ...askedOf(tab), limit: PAGE });
  const key = JSON.stringify([tab, asked()]);
  if (frame.dataset.list === key) return;
  frame.dataset.list = key;
  const body = h("div", { class: "list" }, waiting());
  show(frame, h("h2", { class: "list-title" }, t(`tab.${tab}`)), filterBar(list, about), body);
  try {
    let found = await ask(list.path, asked(), "list");
    const name = Object.keys(found).find((one) => Array.isArray(found[one]));
    let rows = found[name];
    if (tab === "events") together.clear();
    const paint = () => show(body,
      tab === "events" && mayReview() ? joining() : null,
      h("p", { class: "soft total", role: "status" }, t("list.total", { total: numberWords(found.total) })),
      rows.length ? (list.table ? list.table(rows) : h("ol", { class: `rows ${tab}` }, rows.map((row) => h("li", {}, list.row(row))))) : h("p", { class: "empty" }, t(list.empty)),
      more(found.total, rows.length, async () => {
        const next = await ask(list.path, { ...asked(), offset: rows.length }, "list");
        rows = [...rows, ...next[name]];
        paint();
      }));
    paint();
  } catch (error) { show(body, failed(error)); }
}

// --- filters ---

function filterBar(list, about) {
  const now = view();
  const set = (patch) => go({ ...patch }, { push: true });
  const select = (name, label, options) => h("label", {}, h("span", {}, label), h("select", { "data-key": `filter-${name}`, onchange: (event) => set({ [name]: event.target.value || null }) },
    [["", t("filter.any")], ...options].map(([value, words]) => h("option", { value, selected: (now[name] ?? "") === value }, words))));
  const parts = {
    actor: () => h("label", {}, h("span", {}, t("filter.actor")), h("input", { type: "search", list: "actors", value: now.actor ?? "", "data-key": "filter-actor", onchange: (event) => set({ actor: event.target.value.trim() || null }) })),
    kind: () => select("kind", t("filter.kind"), ["control", "event", "relation"].map((kind) => [kind, t(`kind.of.${kind}`)])),
    type: () => select("type", t("filter.type"), [...about.types.control, ...about.types.event].map((one) => [one.name, `${typeWords(one.name)} (${one.count})`])),
    source_kind: () => select("source_kind", t("filter.source"), about.source_kinds.map((kind) => [kind, kindWords(kind)])),
    review: () => select("review", t("review.title"), ["accepted", "rejected", "corrected", "by hand"].map((status) => [status, t(`review.${status}`)])),
    least: () => h("label", {}, h("span", {}, t("filter.least")), h("input", { type: "range", min: 0, max: 0.95, step: 0.05, value: now.least, "data-key": "filter-least", "aria-valuetext": percent(now.least), onchange: (event) => set({ least: Number(event.target.value) }) }), h("span", { class: "number" }, now.least ? percent(now.least) : "0\u202f%")),
    days: () => h("label", {}, h("span", {}, t("filter.when")), h("select", { "data-key": "filter-when", onchange: (event) => set({ when: event.target.value }) }, ["all", "past", "month", "day"].map((value) => h("option", { value, selected: now.when === value }, t(`when.${value}`))))),
    text: () => h("label", {}, h("span", {}, t("filter.text")), h("input", { type: "search", value: now.text ?? "", "data-key": "filter-text", onchange: (event) => set({ text: event.target.value.trim() || null }) })),
    box: areaChip,
    place: () => now.of ? h("button", { type: "button", class: "plain on", "data-key": "filter-place", onclick: () => set({ of: null }) }, t("filter.place.end", { place: nameOf(now.of) })) : null,
  };
  const used = list.filters.some((name) => (name === "days" ? now.when !== "all" : name === "least" ? now.least > 0 : name === "place" ? now.of : now[name]));
  return h("div", { class: "filters", role: "group", "aria-label": t("filters") }, list.filters.map((name) => parts[name]?.()),
    used ? h("button", { type: "button", class: "plain", "data-key": "filter-clear", onclick: () => set({ actor: null, kind: null, type: null, source_kind: null, review: null, least: 0, when: "all", text: null, box: null, of: null }) }, t("filter.clear")) : null);
}

// Where an area of the map is chosen, which every list then obeys, the way out of it.
export const areaChip = () => (view().box ? button(t("filter.box.end"), () => go({ box: null }, { push: true }), { class: "plain on", "data-key": "area-end" }) : null);

let places = new Map();
export const setPlaces = (found) => { places = found; boardRows.clear(); };
export const nameOf = (id) => places.get(id)?.name ?? id;

// --- rows ---

function questionRow(one) {
  const days = { accepted: numberWords(Math.round(one.if_accepted)), rejected: numberWords(Math.round(one.if_rejected)) };
  return h("div", { class: "question" },
    h("p", { class: "soft" }, one.claim.place ? [placeLink(one.claim.place, one.claim.place_name, null), " \u00b7 "] : null, t("questions.moves", days)),
    quoteCard(one.claim));
}

function changeRow(one) {
  return h("div", { class: "change" },
    h("div", { class: "date" }, dayLink(one.when[1] ?? one.day), one.when[0] !== one.when[1] ? h("span", { class: "soft" }, boundWords(one.when)) : null),
    h("div", {}, h("p", {}, placeLink(one.place, one.place_name, one.part), one.part ? h("span", { class: "soft" }, ` ${partWords(one.part)}`) : null, one.claimed_by ? h("span", { class: "soft", dir: "auto" }, ` \u2014 ${t("says", { who: one.claimed_by })}`) : null),
      hands(glyph(one.before), one.before ?? t("nobody.known"), glyph(one.after, one.sure), one.after ?? t("nobody.known")),
      h("p", { class: "soft" }, one.what.map((what) => t(`what.${what}`)).join(", "), " \u00b7 ", percent(one.sure), " \u00b7 ", t("voices", { count: one.voices }))));
}

export const hands = (sign, before, other, after) => h("p", { class: "hands", dir: "auto" }, h("span", { class: "party" }, sign, before), h("span", { class: "to", role: "img", "aria-label": t("then") }, "\u2192"), h("b", { class: "party" }, other, after));

// Events that an analyst takes for one happening, and the form that joins them.
const together = new Map();
function joining() {
  const chosen = h("p", {});
  const form = decisionForm("merge", t("review.merge"), () => ({ events: [...together.keys()] }), chosen);
  const frame = h("div", { class: "joining", role: "group", "aria-label": t("review.merge"), hidden: true }, form);
  joining.count = () => { frame.hidden = together.size === 0; chosen.textContent = t("review.merge.chosen", { count: numberWords(together.size) }); form.querySelector("[data-action]").disabled = together.size < 2; };
  joining.count();
  return frame;
}

const joinable = (one) => h("label", { class: "join" }, h("input", { type: "checkbox", "data-key": `join-${one.id}`, checked: together.has(one.id),
  onchange: (event) => { if (event.target.checked) together.set(one.id, one); else together.delete(one.id); joining.count(); } }), h("span", {}, t("review.merge.this")));

// The claims of an event, of which some may tell of another happening.
function splitForm(claims) {
  const apart = new Set();
  const form = decisionForm("split", t("review.split"), () => ({ claims: [...apart] }));
  const own = form.querySelector("[data-action]");
  own.disabled = true;
  const cards = claims.map((claim) => h("div", {}, quoteCard(claim), h("label", { class: "join" }, h("input", { type: "checkbox", "data-key": `apart-${claim.id}`,
    onchange: (event) => { if (event.target.checked) apart.add(claim.id); else apart.delete(claim.id); own.disabled = apart.size === 0 || apart.size === claims.length; } }), h("span", {}, t("review.split.this")))));
  return [cards, form];
}

const cards = (claims) => [...claims.values()].filter(Boolean).map((claim) => quoteCard(claim));

function eventRow(one) {
  const details = unfolding(t("claims.count", { count: one.claims.length }), `event-${one.id}`, async () => {
    const found = await claimsOf(one.claims.slice(0, MOST_CLAIMS));
    return mayReview() && found.size > 1 ? splitForm([...found.values()].filter(Boolean)) : cards(found);
  });
  return h("div", { class: "event" },
    h("div", { class: "date" }, daysWords(one.days)),
    h("div", {}, h("p", {}, s("svg", { class: "sign", viewBox: "-7 -7 14 14", width: 14, height: 14, "aria-hidden": "true" }, s("path", { d: SIGNS[one.kind === "control" ? "other" : eventSign(one.type)] })), h("b", {}, typeWords(one.type)), " \u00b7 ", placeLink(one.place, one.place_name, one.part), one.part ? h("span", { class: "soft" }, ` ${partWords(one.part)}`) : null),
      one.actors.length || one.opponents.length ? h("p", { dir: "auto" }, one.actors.map((name) => [glyph(name), `${name} `]), one.opponents.length ? [h("span", { class: "soft" }, `${t("against")} `), one.opponents.map((name) => [glyph(name), `${name} `])] : null) : null,
      h("p", { class: "soft" }, one.tolls ? `${t("event.killed", { toll: one.tolls })} \u00b7 ` : "", t("voices", { count: one.voices }), ` \u00b7 ${percent(one.sure)}`), mayReview() ? joinable(one) : null, details));
}

function sourceTable(rows) {
  return h("div", { class: "table" }, h("table", {}, h("thead", {}, h("tr", {}, ["source.name", "source.kind", "source.claims", "source.share", "source.record", "field.credibility"].map((key) => h("th", { scope: "col" }, t(key))))),
    h("tbody", {}, rows.map((one) => h("tr", {},
      h("th", { scope: "row", dir: "auto" }, one.name, one.speaks_for ? h("span", { class: "soft" }, ` ${t("source.speaks", { who: one.speaks_for })}`) : null),
      h("td", {}, kindWords(one.kind)), h("td", { class: "number" }, numberWords(one.claims)),
      h("td", { class: "number" }, trust(one)),
      h("td", { class: "number" }, one.learned === null ? h("span", { class: "soft" }, t("source.unlearned")) : [t("source.borne", { out: one.borne_out, against: one.contradicted })]),
      h("td", {}, gradeBox(one)))))));
}

// How far a source is believed: its kind's share as a tick, what was learned as a bar with its bounds.
function trust(one) {
  const meter = h("span", { class: "trust", title: one.low === null ? percent(one.share) : t("source.bounds", { low: percent(one.low), high: percent(one.high) }) });
  const put = (name, from, to) => { const bar = h("i", { class: name }); bar.style.insetInlineStart = `${from * 100}%`; bar.style.inlineSize = `${Math.max((to - from) * 100, 1.5)}%`; meter.append(bar); };
  if (one.low !== null) put("bounds", one.low, one.high);
  put("prior", one.prior, one.prior);
  put("share", one.share, one.share);
  return [meter, ` ${percent(one.share)}`];
}

function incidentRow(one) {
  const details = unfolding(t("claims.count", { count: one.claims.length }), `incident-${one.site}-${one.claims[0]}`, async () => cards(await claimsOf(one.claims.slice(0, 6))));
  return h("div", { class: "event" }, h("div", { class: "date" }, daysWords(one.days)),
    h("div", {}, h("p", {}, h("b", { dir: "auto" }, one.site_name), one.part_name ? h("span", { dir: "auto" }, ` \u2014 ${one.part_name}`) : null),
      h("p", {}, h("span", { class: "chip" }, t(`effect.${one.effect}`)), " ", typeWords(one.what), " \u00b7 ", placeLink(one.place, one.place_name), one.near_km !== null ? h("span", { class: "soft" }, ` (${t("heritage.near", { km: one.near_km })})`) : null),
      h("p", { class: "soft", dir: "auto" }, [one.actors.join(", "), one.voices.slice(0, 3).join(", "), percent(one.sure)].filter(Boolean).join(" \u00b7 ")), one.claims.length ? details : null));
}

export function reportRow(one) {
  return h("div", { class: "event" }, h("div", { class: "date" }, one.published ? dayWords(one.published) : t("day.unknown")),
    h("div", {}, h("p", {}, h("a", { href: link({ report: one.id, claim: null }), dir: "auto", "data-key": `report-${one.id}`, onclick: (event) => { if (!event.ctrlKey && !event.metaKey) { event.preventDefault(); go({ report: one.id, claim: null }, { push: true }); } } }, one.headline ?? one.doc)),
      one.words ? h("p", { class: "snippet", dir: "auto" }, one.words) : null,
      h("p", { class: "soft", dir: "auto" }, [one.outlet ?? t("outlet.unknown"), one.passed_over ? t("report.passed.over") : t("report.claims", { count: numberWords(one.claims) }), one.copies > 1 ? t("story.copies", { count: numberWords(one.copies) }) : null].filter(Boolean).join(" \u00b7 "))));
}

// --- who holds what on the day ---

let boardRows = new Map(); // as they stand, by the mark that each shows
let allHolders = false;

export function boardPanel(frame, marks) {
  const now = view();
  frame.dataset.list = "";
  const whole = marks.filter((mark) => mark.part === null && (!now.actor || mark.holder === now.actor || mark.besieged_by === now.actor) && mark.sure >= now.least);
  const listed = whole.filter((mark) => places.has(mark.place) && inBox(places.get(mark.place), now.box)).sort((a, b) => places.get(b.place).claims - places.get(a.place).claims);
  const counts = new Map();
  for (const mark of listed) if (mark.holder && mark.claimed_by === null) counts.set(mark.holder, (counts.get(mark.holder) ?? 0) + 1);
  const holders = [...counts].sort((a, b) => b[1] - a[1]);
  const shown = listed.slice(0, BOARD);
  const before = boardRows;
  boardRows = new Map();
  const part = (name, tag) => frame.querySelector(`:scope > .${name}`) ?? h(tag, { class: name === "board" ? "rows board" : name });
  const [head, list, foot] = [part("board-head", "div"), part("board", "ol"), part("board-foot", "p")];
  const first = holders.filter(([name], at) => at < HOLDERS || name === now.actor), chosen = allHolders ? holders : first;
  show(head,
    h("h2", { class: "list-title" }, t("board.title", { day: dayWords(now.day) })),
    h("div", { class: "holders", role: "group", "aria-label": t("board.holders") }, chosen.map(([name, count]) => h("button", { type: "button", class: "plain holder", "aria-pressed": String(now.actor === name), "data-key": `holder-${name}`, onclick: () => go({ actor: now.actor === name ? null : name }, { push: true }) }, glyph(name), h("span", { dir: "auto" }, name), h("span", { class: "number" }, numberWords(count)))),
      holders.length > first.length ? button(allHolders ? t("board.fewer") : t("and.more", { count: numberWords(holders.length - first.length) }), () => { allHolders = !allHolders; boardPanel(frame, marks); }, { class: "plain", "aria-expanded": String(allHolders), "data-key": "holders-more" }) : null,
      now.actor && !counts.has(now.actor) ? h("button", { type: "button", class: "plain on", onclick: () => go({ actor: null }, { push: true }) }, now.actor, " \u00d7") : null),
    h("p", { class: "soft total" }, t("board.total", { count: numberWords(new Set(listed.map((mark) => mark.place)).size) }), " ", areaChip()));
  become(list, shown.map((mark) => boardRow(mark, before)));
  foot.textContent = listed.length > shown.length ? t("board.more", { count: listed.length - shown.length }) : "";
  become(frame, [head, list, foot]);
}

// From day to day most rows stay as they are: a row that would look the same is the same element.
function boardRow(mark, before) {
  const now = view();
  const who = mark.claimed_by ? `${t("says", { who: mark.claimed_by })}: ` : "";
  const words = [who + stateWords(mark), mark.claimed_by ? "" : percent(mark.sure), mark.claimed_by ? "" : sureWords(mark, now.day)];
  const key = `${mark.place} ${mark.claimed_by ?? ""}`, looks = [language, now.place === mark.place, mark.holder, ...words].join("|");
  let row = before.get(key);
  if (row?.looks !== looks) row = { looks, element: boardElement(mark, words) };
  boardRows.set(key, row);
  return row.element;
}

function boardElement(mark, [state, sure, word]) {
  const open = { place: mark.place, part: null, report: null };
  const row = h("a", { class: "row", href: `?place=${encodeURIComponent(mark.place)}`, "data-key": `row-${mark.place}-${mark.claimed_by ?? ""}`, onclick: (event) => { if (!event.ctrlKey && !event.metaKey) { event.preventDefault(); go(open, { push: true }); } } },
    glyph(mark.holder, mark.sure, false), h("span", { class: "what" }, h("b", { dir: "auto" }, nameOf(mark.place)), h("span", { class: "is", dir: "auto" }, state)),
    h("span", { class: "sure" }, sure, h("span", { class: "word" }, word)));
  for (const name of ["pointerdown", "focus"]) row.addEventListener(name, () => { row.href = link(open); }); // of the view as it then is
  return h("li", { class: view().place === mark.place ? "chosen" : null }, row);
}

export function inBox(row, box) {
  if (!box) return true;
  const [west, south, east, north] = box.split(",").map(Number);
  return row.lon !== null && row.lon >= west && row.lon <= east && row.lat >= south && row.lat <= north;
}

// --- relations, as a list and a graph ---

export async function relationsPanel(frame, about) {
  const now = view();
  const asked = { actor: now.actor, day: now.when === "all" ? null : now.day, limit: 200 };
  const key = JSON.stringify(["relations", asked]);
  if (frame.dataset.list === key) return;
  frame.dataset.list = key;
  const body = h("div", {}, waiting());
  show(frame, h("h2", { class: "list-title" }, t("tab.relations")),
    h("div", { class: "filters" }, h("label", {}, h("span", {}, t("filter.actor")), h("input", { type: "search", list: "actors", value: now.actor ?? "", "data-key": "filter-actor", onchange: (event) => go({ actor: event.target.value.trim() || null }, { push: true }) })),
      h("label", {}, h("input", { type: "checkbox", checked: now.when !== "all", "data-key": "rel-day", onchange: (event) => go({ when: event.target.checked ? "day" : "all" }, { push: true }) }), t("relations.on", { day: dayWords(now.day) }))), body);
  try {
    const found = await ask("relations", asked, "list");
    show(body, found.relations.length ? graph(found.relations) : null, h("p", { class: "soft total", role: "status" }, t("list.total", { total: numberWords(found.total) })),
      found.relations.length ? h("ol", { class: "rows" }, found.relations.map((one) => h("li", {}, relationRow(one)))) : h("p", { class: "empty" }, t("relations.none")));
  } catch (error) { show(body, failed(error)); }
}

function relationRow(one) {
  const details = unfolding(t("claims.count", { count: one.claims.length + one.denials.length }), `relation-${one.type}-${one.actor}-${one.opponent}`, async () => cards(await claimsOf([...one.claims, ...one.denials].slice(0, 10))));
  return h("div", { class: "event" }, h("div", { class: "date" }, one.first ? daysWords({ first: one.first, last: one.last }) : t("day.unknown")),
    h("div", {}, h("p", { dir: "auto" }, glyph(one.actor), h("b", {}, one.actor), ` ${t(`relation.${one.type}`)} `, glyph(one.opponent), h("b", {}, one.opponent)),
      h("p", { class: "soft" }, t("voices", { count: one.voices }), ` \u00b7 ${percent(one.sure)}`, one.denials.length ? ` \u00b7 ${t("relations.denied", { count: one.denials.length })}` : "", one.dictionary !== null ? ` \u00b7 ${t(one.dictionary ? "relations.friends" : "relations.foes")}` : ""), details));
}

// Parties on a circle, friends beside each other as far as can be; solid lines join friends, dashed ones foes.
function graph(relations) {
  const degree = new Map();
  for (const one of relations) for (const name of [one.actor, one.opponent]) degree.set(name, (degree.get(name) ?? 0) + one.voices);
  const kept = [...degree].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 22).map(([name]) => name);
  const friend = new Map(kept.map((name) => [name, []]));
  for (const one of relations) if (!one.hostile && friend.has(one.actor) && friend.has(one.opponent)) { friend.get(one.actor).push(one.opponent); friend.get(one.opponent).push(one.actor); }
  const ordered = [];
  const visit = (name) => { if (ordered.includes(name)) return; ordered.push(name); friend.get(name).forEach(visit); };
  kept.forEach(visit);
  const wide = 620, high = 340, rx = 150, ry = 128;
  const spot = new Map(ordered.map((name, at) => { const angle = at / ordered.length * 2 * Math.PI - Math.PI / 2; return [name, [wide / 2 + rx * Math.cos(angle), high / 2 + ry * Math.sin(angle), Math.cos(angle)]]; }));
  const lines = relations.filter((one) => spot.has(one.actor) && spot.has(one.opponent)).map((one) => {
    const [x0, y0] = spot.get(one.actor), [x1, y1] = spot.get(one.opponent);
    return s("path", { class: one.hostile ? "foe" : "friend", d: `M${x0.toFixed(1)} ${y0.toFixed(1)}Q${wide / 2} ${high / 2} ${x1.toFixed(1)} ${y1.toFixed(1)}`, "stroke-width": (0.8 + Math.min(one.voices, 5) * 0.5).toFixed(1), "stroke-opacity": (0.25 + 0.6 * one.sure).toFixed(2) }, s("title", {}, `${one.actor} ${t(`relation.${one.type}`)} ${one.opponent}`));
  });
  const short = (name) => (name.length > 24 ? name.slice(0, 23) + "\u2026" : name);
  const dots = ordered.map((name) => {
    const [x, y, side] = spot.get(name);
    const look = lookOf(name);
    return s("g", { class: `node ${hueClass(name)}`, transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`, tabindex: "0", role: "button", "aria-label": name, onclick: () => go({ actor: view().actor === name ? null : name }, { push: true }), onkeydown: (event) => { if (event.key === "Enter") go({ actor: view().actor === name ? null : name }, { push: true }); } },
      look ? s("path", { d: SHAPES[look.shape % SHAPES.length], transform: "scale(.9)" }) : s("circle", { r: 4.5 }), s("text", { x: side > 0.2 ? 10 : side < -0.2 ? -10 : 0, y: Math.abs(side) <= 0.2 ? (y < high / 2 ? -10 : 18) : 4, "text-anchor": side > 0.2 ? "start" : side < -0.2 ? "end" : "middle" }, short(name)));
  });
  return h("figure", { class: "graph" }, s("svg", { viewBox: `0 0 ${wide} ${high}`, role: "group", "aria-label": t("relations.graph") }, lines, dots),
    h("figcaption", { class: "soft" }, h("span", { class: "friend-key" }), t("relations.friend"), " ", h("span", { class: "foe-key" }), t("relations.foe")));
}
