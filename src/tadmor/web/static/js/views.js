// What takes the whole page or stands over it: stacked strips, two days compared, search, a pasted report, help.

import { $, button, glyph, h, show } from "./dom.js";
import { ask, mayWrite, post } from "./api.js";
import { dropFrame, isOneText, readSamples, takeFiles } from "./drop.js";
import { areaChip, hands, reportRow } from "./lists.js";
import { head, textWithClaims } from "./report.js";
import { failed, more, placeLink, quoteCard, waiting } from "./quote.js";
import { axisOf, axisRow, bars } from "./strip.js";
import { dayWords, numberWords, partWords, stateWords, t } from "./words.js";
import { go, view } from "./state.js";

// --- several places as stacked strips ---

export async function stripsPanel(frame, about) {
  const now = view();
  const asked = { order: now.order ?? "claims", country: now.country, actor: now.actor, box: now.box, id: now.ids, limit: 60 };
  const key = JSON.stringify(["strips", asked]);
  if (frame.dataset.list === key) { needle(frame, about); return; }
  frame.dataset.list = key;
  const body = h("div", { class: "stack" }, waiting());
  const select = (name, label, options) => h("label", {}, h("span", {}, label), h("select", { "data-key": `strips-${name}`, onchange: (event) => go({ [name]: event.target.value || null }, { push: true }) }, options.map(([value, words]) => h("option", { value, selected: (now[name] ?? (name === "order" ? "claims" : "")) === value }, words))));
  show(frame, h("h2", { class: "list-title" }, t("tab.strips")),
    h("div", { class: "filters" }, select("order", t("strips.order"), ["claims", "changes", "latest", "doubt", "name"].map((value) => [value, t(`strips.by.${value}`)])),
      select("country", t("strips.country"), [["", t("filter.any")], ...about.countries]),
      h("label", {}, h("span", {}, t("filter.actor")), h("input", { type: "search", list: "actors", value: now.actor ?? "", "data-key": "strips-actor", onchange: (event) => go({ actor: event.target.value.trim() || null }, { push: true }) })),
      areaChip(), button(t("print"), () => print(), { class: "plain" })), body);
  try {
    const found = await ask("strips", asked, "list");
    const axis = axisOf(about.first, about.last);
    const next = async () => {
      found.strips.push(...(await ask("strips", { ...asked, offset: found.strips.length }, "list")).strips);
      paint();
    };
    const paint = () => show(body, h("p", { class: "soft total", role: "status" }, t("list.total", { total: numberWords(found.total) })),
      h("div", { class: "lanes wide" }, h("div", {}), axisRow(axis), found.strips.flatMap((one) => [
        h("div", { class: "lane-name" }, placeLink(one.place.id, one.place.name), h("span", { class: "soft" }, one.place.admin1 && one.place.admin1 !== one.place.name ? ` ${one.place.admin1}` : "")),
        bars(one.spells, axis, { day: now.day, high: 20, pick: (spell) => go({ place: one.place.id, part: null, day: spell.start[1] ?? spell.begins > about.first ? spell.start[1] ?? spell.begins : about.first, report: null }, { push: true }) })]),
      h("div", {}), axisRow(axis)),
      more(found.total, found.strips.length, next));
    paint();
  } catch (error) { show(body, failed(error)); }
}

function needle(frame, about) {
  const axis = axisOf(about.first, about.last);
  const x = (Date.parse(view().day) / 86_400_000 - axis.from) / (axis.to - axis.from) * 1000;
  for (const line of frame.querySelectorAll("line.needle")) { line.setAttribute("x1", x); line.setAttribute("x2", x); }
}

// --- two days compared ---

export async function comparePanel(frame, about, act) {
  const now = view();
  const versus = now.versus ?? about.first;
  const [first, last] = versus <= now.day ? [versus, now.day] : [now.day, versus];
  const key = JSON.stringify(["compare", first, last, now.layer, now.box]);
  if (frame.dataset.list === key) return;
  frame.dataset.list = key;
  const body = h("div", {}, waiting());
  show(frame, h("h2", { class: "list-title" }, t("tab.compare")),
    h("div", { class: "filters" }, h("label", {}, h("span", {}, t("compare.with")), h("input", { type: "date", value: versus, min: about.first, max: about.last, "data-key": "versus", onchange: (event) => { if (event.target.value) go({ versus: event.target.value }, { push: true }); } })),
      h("span", { class: "soft" }, t("compare.and", { day: dayWords(now.day) })), areaChip(),
      button(t("compare.end"), () => go({ tab: "board", versus: null }, { push: true }), { class: "plain" })), body);
  try {
    const found = await ask("compare", { first, last, layer: now.layer === "claimed" ? "claimed" : "assessed", box: now.box }, "list");
    act.compared(found);
    const names = act.names;
    const turned = found.differences.filter((one) => one.hands), rest = found.differences.filter((one) => !one.hands);
    const tally = [...new Set([...Object.keys(found.gained), ...Object.keys(found.lost)])].map((name) => [name, found.gained[name] ?? 0, found.lost[name] ?? 0]).sort((a, b) => (b[1] - b[2]) - (a[1] - a[2]));
    const row = (one) => h("li", {}, h("div", { class: "change" }, h("div", {}, h("p", {}, placeLink(one.place, names(one.place), one.part), one.part ? h("span", { class: "soft" }, ` ${partWords(one.part)}`) : null, one.claimed_by ? h("span", { class: "soft", dir: "auto" }, ` \u2014 ${t("says", { who: one.claimed_by })}`) : null),
      hands(glyph(one.before?.holder, one.before?.sure), stateWords(one.before), glyph(one.after?.holder, one.after?.sure), stateWords(one.after)))));
    show(body, h("p", { role: "status" }, t("compare.summary", { first: dayWords(found.first), last: dayWords(found.last), hands: numberWords(turned.length), rest: numberWords(rest.length) })),
      tally.length ? h("div", { class: "table" }, h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("filter.actor")), h("th", { scope: "col" }, t("compare.gained")), h("th", { scope: "col" }, t("compare.lost")))), h("tbody", {}, tally.map(([name, gained, lost]) => h("tr", {}, h("th", { scope: "row", dir: "auto" }, h("span", { class: "party" }, glyph(name), name)), h("td", { class: "number" }, gained ? `+${gained}` : ""), h("td", { class: "number" }, lost ? `\u2212${lost}` : "")))))) : null,
      h("h3", {}, t("compare.hands")), turned.length ? h("ol", { class: "rows" }, turned.slice(0, 200).map(row)) : h("p", { class: "empty" }, t("compare.none")),
      rest.length ? h("details", {}, h("summary", {}, t("compare.rest", { count: rest.length })), h("ol", { class: "rows" }, rest.slice(0, 200).map(row))) : null);
  } catch (error) { show(body, failed(error)); }
}

// --- search ---

export async function searchPanel(frame, about) {
  const words = view().text;
  const key = JSON.stringify(["search", words, view().box]);
  if (frame.dataset.list === key) return;
  frame.dataset.list = key;
  show(frame, h("h2", { class: "list-title", dir: "auto" }, t("search.for", { words: words ?? "" })), waiting());
  if (!words) { show(frame, h("h2", { class: "list-title" }, t("tab.search")), h("p", { class: "soft" }, t("search.hint"))); return; }
  try {
    const found = await ask("search", { text: words, box: view().box, limit: 12 }, "list");
    const none = !found.places.length && !found.claims.total && !found.reports.total && !found.actors.length;
    const all = (tab, total, shown) => (total > shown ? button(t("search.all", { total: numberWords(total) }), () => go({ tab }, { push: true }), { class: "plain" }) : null);
    show(frame, h("h2", { class: "list-title", dir: "auto" }, t("search.for", { words })), areaChip(),
      none ? h("p", { class: "empty", role: "status" }, t("search.none")) : null,
      found.places.length ? [h("h3", {}, t("search.places")), h("ul", { class: "rows" }, found.places.map((row) => h("li", {}, placeLink(row.id, row.name), h("span", { class: "soft" }, ` ${[row.admin1, row.country].filter(Boolean).join(", ")} \u00b7 ${t("place.claims", { count: numberWords(row.claims) })}`))))] : null,
      found.actors.length ? [h("h3", {}, t("search.actors")), h("ul", { class: "rows" }, found.actors.map((one) => h("li", {}, h("button", { type: "button", class: "plain", onclick: () => go({ actor: one.name, tab: "board", place: null }, { push: true }) }, glyph(one.name), h("span", { dir: "auto" }, one.name)), h("span", { class: "soft" }, ` ${t("place.claims", { count: numberWords(one.count) })}`))))] : null,
      found.claims.total ? [h("h3", {}, t("search.quotes", { count: numberWords(found.claims.total) })), found.claims.claims.map((claim) => quoteCard(claim)), all("claims", found.claims.total, found.claims.claims.length)] : null,
      found.reports.total ? [h("h3", {}, t("search.reports", { count: numberWords(found.reports.total) })), h("ol", { class: "rows" }, found.reports.reports.map((one) => h("li", {}, reportRow(one)))), all("reports", found.reports.total, found.reports.reports.length)] : null);
  } catch (error) { show(frame, failed(error)); }
}

// --- a report pasted or dropped ---

const draft = { text: "", name: "", published: "", outlet: "" };
const setDraft = (patch) => Object.assign(draft, patch);

export function pastePanel(frame, about, act) {
  if (frame.dataset.list === "paste") return;
  frame.dataset.list = "paste";
  const result = h("div", { class: "result", "aria-live": "polite" });
  const text = h("textarea", { rows: 10, dir: "auto", "data-key": "paste-text", placeholder: t("paste.here"), oninput: (event) => { draft.text = event.target.value; result.replaceChildren(); } });
  text.value = draft.text;
  const field = (name, label, type) => h("label", {}, h("span", {}, label), h("input", { type, value: draft[name], "data-key": `paste-${name}`, onchange: (event) => { draft[name] = event.target.value; } }));
  const body = () => ({ text: draft.text, name: draft.name, published: draft.published || null, outlet: draft.outlet || null });
  const read = async () => {
    if (!draft.text.trim()) { show(result, h("p", { class: "failed", role: "alert" }, t("paste.empty"))); return; }
    show(result, h("p", { class: "waiting" }, t("paste.reading")));
    try {
      const found = await post("read", body());
      const may = !about.read_only && mayWrite();
      const adding = h("div", { class: "adding" }, h("p", {}, h("b", {}, t("paste.found", { count: numberWords(found.claims.length) })), " ", found.known ? t("paste.known") : t("paste.unstored")),
        may ? h("button", { type: "button", class: "strong", "data-key": "paste-add", onclick: add }, t("paste.add")) : h("p", { class: "soft" }, t(about.read_only ? "paste.readonly" : "paste.token")));
      show(result, adding, head(found.report, { published_by: found.published_by }), textWithClaims(found.text, found.segments, found.claims, null, () => {}, quotePlain),
        h("h3", {}, t("paste.claims")), found.claims.length ? found.claims.map((claim) => quotePlain(claim)) : h("p", { class: "empty" }, t("report.none")));
    } catch (error) { show(result, failed(error)); }
  };
  const add = async (event) => {
    event.target.disabled = true;
    try {
      const found = await post("reports", body(), true);
      show(result, h("div", { class: "added", role: "status" }, h("p", {}, h("b", {}, t(`paste.outcome.${found.outcome}`)), " ", t("paste.done", { claims: numberWords(found.claims), places: numberWords(found.places) })),
        found.failures.map((message) => h("p", { class: "failed" }, message)),
        found.report ? button(t("paste.open"), () => go({ report: found.report, claim: null }, { push: true }), { class: "plain" }) : null));
      act.changed();
    } catch (error) { event.target.disabled = false; show(result, failed(error)); }
  };
  show(frame, h("h2", { class: "list-title" }, t("tab.paste")), h("p", { class: "soft" }, t("paste.what")),
    h("form", { class: "paste", onsubmit: (event) => { event.preventDefault(); read(); } },
      h("label", {}, h("span", {}, t("paste.text")), text),
      h("div", { class: "fields" }, field("name", t("paste.name"), "text"), field("outlet", t("paste.outlet"), "text"), field("published", t("paste.published"), "date")),
      h("div", { class: "actions" }, h("button", { type: "submit", class: "strong", "data-key": "paste-read" }, t("paste.read")),
        h("label", { class: "file plain" }, t("paste.file"), h("input", { type: "file", multiple: true, "data-key": "paste-file", onchange: async (event) => { if (await take(event.target.files)) { frame.dataset.list = ""; pastePanel(frame, about, act); } } })))),
    dropFrame(about, act, () => ({ published: draft.published || null, outlet: draft.outlet || null })), result);
}

// One text is laid open to be looked at; several files, or what may hold many reports, wait to be read into the record.
export async function take(files) {
  if (!files.length) return false;
  if (isOneText(files)) setDraft({ text: await files[0].text(), name: files[0].name.replace(/\.[^.]*$/, "") });
  else takeFiles(files);
  return true;
}

// --- a record in which there is nothing yet ---

export function welcomePanel(frame, about, act) {
  if (frame.dataset.list === "welcome") return;
  frame.dataset.list = "welcome";
  const may = !about.read_only && mayWrite();
  const progress = h("div", {});
  const samples = h("button", { type: "button", class: "strong", "data-key": "samples", onclick: () => { samples.disabled = true; show(progress, readSamples(act)); } }, t("welcome.samples"));
  show(frame, h("h2", { class: "list-title" }, t("welcome.title")), h("p", {}, t("welcome.what")),
    h("h3", {}, t("welcome.try")), h("p", { class: "soft" }, t("welcome.samples.what")),
    may ? h("p", {}, samples) : null, progress,
    h("h3", {}, t("welcome.own")), h("p", { class: "soft" }, t("welcome.own.how")),
    h("p", { class: "actions" }, button(t("tab.paste"), () => go({ tab: "paste" }, { push: true }), { class: "plain", "data-key": "welcome-paste" }), button(t("help.title"), act.help, { class: "plain", "data-key": "welcome-help" })),
    may ? null : h("p", { class: "soft" }, t(about.read_only ? "paste.readonly" : "paste.token")));
}

// Before it is stored there is no report to open.
function quotePlain(claim) {
  const card = quoteCard(claim, { stored: false });
  const words = card.querySelector("a.words");
  words.replaceWith(...words.childNodes);
  return card;
}

// --- help ---

const WORDS = ["claimed", "assessed", "claim", "spell", "bounds", "sure", "voices", "story", "pull", "dispute", "whatif", "contested", "besieged", "unknown"];
const KEYS = [["[ ]", "keys.step"], ["{ }", "keys.change"], ["\u2423", "keys.play"], ["/", "keys.search"], ["j k", "keys.list"], ["1 \u2026 9", "keys.tabs"], ["m", "keys.layer"], ["c", "keys.compare"], ["p", "keys.paste"], ["x", "keys.export"], ["a r e", "keys.review"], ["Esc", "keys.close"], ["?", "keys.help"]];

export function helpDialog(dialog) {
  show(dialog, h("div", { class: "help" }, h("h2", {}, t("help.title")), h("p", {}, t("help.lead")),
    h("h3", {}, t("help.signs")), h("ul", { class: "signs" },
      h("li", {}, glyph(firstHolder(), 1), t("sign.held")), h("li", {}, glyph(firstHolder(), 0.2), t("sign.doubt")), h("li", {}, h("i", { class: "ring" }), t("sign.contested")), h("li", {}, h("i", { class: "ring dashed" }), t("sign.besieged")), h("li", {}, glyph(null), t("sign.unknown"))),
    h("h3", {}, t("help.words")), h("dl", { class: "words" }, WORDS.flatMap((word) => [h("dt", {}, t(`word.${word}`)), h("dd", {}, t(`word.${word}.is`))])),
    h("h3", {}, t("help.keys")), h("dl", { class: "keys" }, KEYS.flatMap(([keys, what]) => [h("dt", {}, h("kbd", {}, keys)), h("dd", {}, t(what))])),
    h("p", { class: "soft" }, t("help.boundaries")),
    h("form", { method: "dialog" }, h("button", { type: "submit", class: "strong" }, t("close")))));
}
let holder = null;
export const setFirstHolder = (name) => { holder = name; };
const firstHolder = () => holder;
