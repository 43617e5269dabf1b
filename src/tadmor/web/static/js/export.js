// What is looked at, to take away: its rows in many formats, the list as it is shown, or a briefing.

import { h, show } from "./dom.js";
import { ask, file } from "./api.js";
import { LISTS, askedOf, nameOf } from "./lists.js";
import { failed } from "./quote.js";
import { dayWords, kindWords, partWords, percent, t, typeWords } from "./words.js";
import { filters, view } from "./state.js";

const EVERY = ["place", "part", "country", "actor", "least", "first", "last", "box"];
const TAKES = { spells: [...EVERY, "layer"], events: [...EVERY, "type"], claims: [...EVERY, "type", "kind", "source_kind", "review", "report", "text"] };
const BRIEFED = ["place", "part", "country", "box"];
const SHOWS = { events: "events", claims: "claims", search: "claims", relations: "claims", sources: "claims", reports: "claims", review: "claims", disputes: "claims", heritage: "events" };

// The filters of what is looked at, whatever it is.
function filtersOf(now) {
  const layer = now.layer === "claimed" ? "claimed" : "assessed";
  if (now.report) return { report: now.report };
  if (now.place) return { place: [now.place], part: now.part, layer };
  const own = {
    board: ["actor", "least", "box"], strips: ["actor", "country", "box"], compare: ["box"], search: ["text", "box"], relations: ["actor"],
  }[now.tab] ?? LISTS[now.tab]?.filters ?? [];
  const found = { ...filters(own, now.day), layer };
  if (now.tab === "board") Object.assign(found, { first: now.day, last: now.day });
  if (now.tab === "compare" && now.versus) [found.first, found.last] = [now.versus, now.day].sort();
  if (now.tab === "relations") found.kind = "relation";
  if (now.tab === "strips" && now.ids.length) found.place = now.ids;
  return found;
}

function words(name, value) {
  const said = {
    place: () => [t("field.place"), [value].flat().map(nameOf).join(", ")], part: () => [t("field.part"), partWords(value)], country: () => [t("strips.country"), value],
    actor: () => [t("filter.actor"), value], least: () => [t("filter.least"), percent(value)], first: () => [t("field.from"), dayWords(value)], last: () => [t("field.to"), dayWords(value)],
    box: () => [t("export.area"), value], layer: () => [t("layer"), t(`layer.${value}`)], type: () => [t("filter.type"), typeWords(value)], kind: () => [t("filter.kind"), t(`kind.of.${value}`)],
    source_kind: () => [t("filter.source"), kindWords(value)], review: () => [t("review.title"), t(`review.${value}`)], report: () => [t("report.id"), value], text: () => [t("filter.text"), value],
  }[name]();
  return said.join(": ");
}

const only = (found, names) => Object.fromEntries(names.filter((name) => found[name] !== null && found[name] !== undefined).map((name) => [name, found[name]]));

// The list that is shown, where there is one: what it asks, as far as it goes.
function listOf(now) {
  if (now.place || now.report) return null;
  if (now.tab in LISTS) return { path: LISTS[now.tab].path, params: askedOf(now.tab), page: 500 };
  if (now.tab === "relations") return { path: "relations", params: { actor: now.actor, day: now.when === "all" ? null : now.day }, page: 500 };
  if (now.tab === "strips") return { path: "strips", params: { order: now.order, country: now.country, actor: now.actor, box: now.box, id: now.ids }, page: 100 };
  return null;
}

async function wholeList({ path, params, page }) {
  const lines = [];
  for (let total = 1; lines.length < total;) {
    const found = await ask(path, { ...params, limit: page, offset: lines.length });
    const rows = Object.values(found).find(Array.isArray);
    if (!rows.length) break;
    total = found.total;
    lines.push(...rows.map((row) => JSON.stringify(row)));
  }
  return { blob: new Blob([lines.map((line) => `${line}\n`).join("")], { type: "application/jsonl" }), name: `${path}.jsonl` };
}

function keep({ blob, name }) {
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return name;
}

export function exportDialog(dialog, about) {
  const now = view();
  const found = filtersOf(now);
  const list = listOf(now);
  const said = h("p", { role: "status", class: "said" });
  const work = async (event, make) => {
    event.preventDefault();
    const own = event.target.querySelector("button[type=submit]");
    own.disabled = true;
    said.textContent = t("export.making");
    try { said.textContent = t("export.saved", { name: keep(await make()) }); } catch (error) { show(said, failed(error)); }
    own.disabled = false;
  };
  show(dialog, h("div", { class: "taking" }, h("h2", {}, t("export.title")),
    now.without.length || now.only_kind.length ? h("p", { class: "chip" }, t("export.whatif")) : null,
    rowsForm(about, now, found, list, work), briefingForm(about, now, found, work), said,
    h("form", { method: "dialog" }, h("button", { type: "submit", class: "plain" }, t("close")))));
}

function rowsForm(about, now, found, list, work) {
  const what = h("select", { "data-key": "export-what" }, [...(list ? [["list", t("export.list")]] : []), ...["spells", "events", "claims"].map((one) => [one, t(`export.what.${one}`)])].map(([value, label]) => h("option", { value, selected: value === (SHOWS[now.tab] ?? "spells") && !now.place }, label)));
  if (now.report) what.value = "claims";
  const form = h("select", { "data-key": "export-format" });
  const kept = h("p", { class: "soft" });
  const fill = () => {
    const rows = what.value;
    const fitting = rows === "list" ? [{ name: "jsonl", about: t("export.lines") }] : about.formats.filter((one) => one.what.includes(rows));
    const before = form.value;
    show(form, fitting.map((one) => h("option", { value: one.name }, `${one.name}: ${one.about}`)));
    if (fitting.some((one) => one.name === before)) form.value = before;
    const own = rows === "list" ? [] : Object.entries(only(found, TAKES[rows]));
    kept.textContent = rows === "list" ? t("export.as.shown") : own.length ? t("export.filters", { filters: own.map(([name, value]) => words(name, value)).join("; ") }) : t("export.whole");
  };
  what.addEventListener("change", fill);
  fill();
  const make = () => (what.value === "list" ? wholeList(list) : file("export", { what: what.value, format: form.value, ...only(found, TAKES[what.value]) }));
  return h("form", { onsubmit: (event) => work(event, make) }, h("h3", {}, t("export.rows")),
    h("div", { class: "fields" }, h("label", {}, h("span", {}, t("export.what")), what), h("label", {}, h("span", {}, t("export.format")), form)),
    kept, h("p", { class: "soft" }, t("export.with")), h("button", { type: "submit", class: "strong", "data-key": "export-save" }, t("export.save")));
}

function briefingForm(about, now, found, work) {
  const month = new Date(Date.parse(now.day) - 30 * 86_400_000).toISOString().slice(0, 10);
  const days = found.first && found.first !== found.last ? [found.first, found.last ?? now.day] : [month < about.first ? about.first : month, now.day];
  const day = (value, label) => h("label", {}, h("span", {}, label), h("input", { type: "date", required: true, value, "data-key": `brief-${label}` }));
  const first = day(days[0], t("field.from")), last = day(days[1], t("field.to"));
  const form = h("select", { "data-key": "brief-format" }, ["html", "md", "pdf"].map((value) => h("option", { value }, value)));
  const title = h("input", { type: "text", maxlength: 200, dir: "auto", value: t("brief.title"), "data-key": "brief-title" });
  const own = only(found, BRIEFED);
  const inOrder = () => Object.fromEntries([first, last].map((one) => one.querySelector("input").value).sort().map((value, at) => [["first", "last"][at], value]));
  const make = () => file("briefing", { ...inOrder(), format: form.value, title: title.value, ...own, without: now.without, only_kind: now.only_kind });
  return h("form", { onsubmit: (event) => work(event, make) }, h("h3", {}, t("brief.title")), h("p", { class: "soft" }, t("brief.what")),
    h("div", { class: "fields" }, first, last, h("label", {}, h("span", {}, t("export.format")), form), h("label", {}, h("span", {}, t("brief.head")), title)),
    Object.keys(own).length ? h("p", { class: "soft" }, t("export.filters", { filters: Object.entries(own).map(([name, value]) => words(name, value)).join("; ") })) : null,
    h("button", { type: "submit", class: "strong", "data-key": "brief-save" }, t("brief.make")));
}
