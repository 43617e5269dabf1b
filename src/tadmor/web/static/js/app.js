// The whole application on one screen: what is asked at the start, and what is done where what is looked at changes.

import { $, button, glyph, h, s, setLooks, show, weavePatterns } from "./dom.js";
import { Problem, ask, takeToken } from "./api.js";
import { advances } from "./advance.js";
import { Clock } from "./clock.js";
import { Spells } from "./days.js";
import { LISTS, areaChip, boardPanel, inBox, listPanel, nameOf, relationsPanel, setPlaces } from "./lists.js";
import { Sketch, makeMap } from "./map.js";
import { forget, forgetClaims, placePanel, premise, setAbout } from "./place.js";
import { exportDialog } from "./export.js";
import { failed } from "./quote.js";
import { reportPanel, reveal } from "./report.js";
import { reviewKey, setReviewing } from "./review.js";
import { begin, given, go, link, listen, view } from "./state.js";
import { comparePanel, helpDialog, pastePanel, searchPanel, setFirstHolder, stripsPanel, take, welcomePanel } from "./views.js";
import { daysWords, language, languages, numberWords, percent, setBands, setHalfLife, speak, sureWords, stateWords, t, typeWords } from "./words.js";

const TABS = ["board", "changes", "disputes", "events", "claims", "sources", "relations", "heritage", "reports", "strips", "review"];
const KEPT = 40; // days of a what-if of which the marks are kept
const EVENT_DAYS = 7; // up to the day, of which events are on the map
const ADVANCE_DAYS = 21; // of which advances are

let about, rows, drawn, clock, map, other = null, marks = [], supposed = null, compared = null, events = [], advancing = [], sites = [], hitSites = new Set();
const byId = new Map();
const days = new Map(); // of a what-if, as the server was asked
const spells = new Map(); // by layer, a promise: the days of the record follow from them
let pending = Promise.resolve();
let legendOpen = innerWidth > 900;
let picked = null; // by its mark: the map then stays where it is

// --- the start ---------------------------------------------------------------------------------------------------------

async function start() {
  takeToken();
  theme(localStorage.getItem("theme") ?? "auto");
  weavePatterns();
  const words = speak(localStorage.getItem("language") ?? navigator.language.slice(0, 2));
  spellsOf(given("layer") === "claimed" ? "claimed" : "assessed").catch(() => {}); // told where it is waited for
  const asked = Promise.all([ask("record"), ask("places", { limit: 20_000 }), ask("histogram")]);
  try {
    await words;
    const [record, places, histogram] = await asked;
    keep(record, places.places);
    setReviewing(about, reviewed);
    setFirstHolder(about.holders[0]?.name ?? null);
    show($("actors"), about.actors.map((one) => h("option", { value: one.name })));
    begin({ day: about.last });
    if (view().day < about.first || view().day > about.last) go({ day: view().day < about.first ? about.first : about.last });
    clock = new Clock($("clock"), about, histogram, { day: (day) => go({ day }), settled });
  } catch (error) {
    show($("panel"), failed(error));
    return;
  }
  frameWork();
  listen(changed);
  const now = view();
  const chosen = byId.get(now.place);
  const camera = now.lon !== null && now.zoom !== null ? { lon: now.lon, lat: now.lat, zoom: now.zoom } : chosen && chosen.lon !== null ? { lon: chosen.lon, lat: chosen.lat, zoom: 6.2 } : null;
  // The marks first; the land, which takes longest, comes under them.
  map = new Sketch($("map"), camera, about.box);
  globalThis.tadmor = { get map() { return map; }, get other() { return other; }, settled }; // for tests and the curious
  const state = refresh();
  panel(new Set(["start"]));
  await state;
  await painted();
  map = await makeMap($("map"), camera, about.box, acts(() => other), now.map === "svg", around(now));
  await beside();
  layers(new Set(["events", "heritage"]));
  onMap();
  over(); // now it is known what the map can show
  $("top").dataset.ready = "1";
}

// What is done on a map; the one beside it, where there is one, follows.
function acts(twin) {
  const follow = (camera) => { if (view().layer === "beside") twin()?.goto(camera); };
  return {
    pick: (id) => (picked = id) && go({ place: id, part: null, report: null, claim: null }, { push: true }),
    events: (list) => eventsTip(list),
    site: (site) => go({ tab: "heritage", place: null, report: null }, { push: true }),
    moving: follow,
    moved: (seen) => { go(seen); follow(seen); },
    hover: (hit, x, y) => { const frame = twin === first ? $("map2") : $("map"); tip(hit, x + frame.offsetLeft, y + frame.offsetTop); },
  };
}
const first = () => map;

// Claimed and assessed as two maps of one stretch of land.
async function beside() {
  const now = view();
  const wanted = now.layer === "beside";
  $("stage").classList.toggle("beside", wanted);
  for (const name of ["map2", "name1", "name2"]) $(name).hidden = !wanted;
  $("name1").textContent = t("layer.assessed");
  $("name2").textContent = t("layer.claimed");
  $("map2").setAttribute("aria-label", `${t("map.title")}: ${t("layer.claimed")}`);
  if (!wanted || !map) return;
  const camera = map.camera;
  if (other) other.goto(camera);
  else other = await makeMap($("map2"), camera, about.box, acts(first), now.map === "svg" || !map.map, around(now));
  onMap();
}
const maps = () => (view().layer === "beside" && other ? [[map, "assessed"], [other, "claimed"]] : map ? [[map, view().layer === "beside" ? "assessed" : view().layer]] : []);
const onMaps = (act) => [map, other].forEach((one) => { if (one) act(one); });

// What lies under and over the map, as far as it is wanted.
const around = (now) => ({ has: about.basemap, basemap: about.basemap && now.basemap, overlays: [...about.overlays.keys()].filter((number) => !now.hidden.includes(String(number))) });

// Until what was done to the page has been painted.
const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

function keep(record, places) {
  about = record;
  rows = places;
  byId.clear();
  for (const row of rows) byId.set(row.id, row);
  drawn = rows.filter((row) => row.history && row.level === "place" && row.lat !== null).sort((a, b) => a.claims - b.claims);
  setLooks(about.holders);
  setBands(about.bands);
  setHalfLife(about.half_life_days);
  setPlaces(byId);
  setAbout(about);
}

// Until what is looked at is on the page.
async function settled() {
  await pending;
  await Promise.all([map?.settled(), other?.settled()]);
}

// The parts of the page that do not change with what is looked at, but for the language.
function frameWork() {
  document.title = `${about.name} \u2014 ${t("app.title")}`;
  $("skip").textContent = t("skip");
  const search = h("input", { type: "search", id: "search", value: view().text ?? "", placeholder: t("search.placeholder"), "aria-label": t("tab.search"), dir: "auto" });
  const pick = (name, label, options, value, act) => h("select", { id: name, "aria-label": label, title: label, onchange: (event) => act(event.target.value) }, options.map(([key, words]) => h("option", { value: key, selected: key === value }, words)));
  show($("top"),
    h("h1", {}, h("a", { href: "/", onclick: (event) => { event.preventDefault(); go({ tab: "board", place: null, report: null, claim: null, text: null, actor: null, box: null, least: 0, versus: null, without: [], only_kind: [] }, { push: true }); map?.whole(about.box); } }, t("app.title")), h("span", { class: "record", dir: "auto" }, about.name)),
    h("form", { role: "search", onsubmit: (event) => { event.preventDefault(); const words = search.value.trim(); if (words) go({ text: words, tab: "search", place: null, report: null }, { push: true }); } }, search),
    h("div", { class: "tools" },
      button(t("tab.compare"), () => go({ tab: "compare", place: null, report: null, versus: view().versus ?? about.first }, { push: true }), { id: "compare", class: "plain" }),
      button(t("tab.paste"), () => go({ tab: "paste", place: null, report: null }, { push: true }), { id: "paste", class: "plain" }),
      button(t("export.open"), takeAway, { id: "export", class: "plain" }),
      pick("language", t("language"), Object.entries(languages), language, async (name) => { localStorage.setItem("language", name); await speak(name); again(); }),
      pick("theme", t("theme"), ["auto", "light", "dark"].map((name) => [name, t(`theme.${name}`)]), localStorage.getItem("theme") ?? "auto", (name) => { localStorage.setItem("theme", name); theme(name); onMaps((one) => one.repaint()); }),
      button("?", help, { id: "help-open", class: "plain", "aria-label": t("help.title"), title: t("help.title") })));
  const counts = about.counts;
  $("top").title = t("record.counts", { reports: numberWords(counts.reports), stories: numberWords(counts.stories), claims: numberWords(counts.claims), places: numberWords(counts.places) });
  $("tabs").setAttribute("aria-label", t("lists"));
  $("map").setAttribute("aria-label", t("map.title"));
  $("stage").setAttribute("aria-label", t("map.title"));
  $("side").setAttribute("aria-label", t("lists"));
  over();
}

function tabs() {
  const now = view();
  const key = `${language} ${now.place || now.report ? "" : now.tab}`;
  if ($("tabs").dataset.shown === key) return;
  $("tabs").dataset.shown = key;
  show($("tabs"), TABS.map((tab) => h("button", { type: "button", "aria-pressed": String(now.tab === tab && !now.place && !now.report), "data-key": `tab-${tab}`, class: now.tab === tab ? "chosen" : null,
    onclick: () => go({ tab, place: null, part: null, report: null, claim: null }, { push: true }) }, t(`tab.${tab}`))));
}

// What lies over the map: layers, zoom, legend.
function over() {
  const now = view();
  $("clock").hidden = !about.counts.reports;
  const layer = (name) => h("label", {}, h("input", { type: "radio", name: "layer", value: name, checked: now.layer === name, "data-key": `layer-${name}`, onchange: () => go({ layer: name }, { push: true }) }), h("span", {}, t(`layer.${name}`)));
  const toggle = (name) => h("label", { class: "toggle" }, h("input", { type: "checkbox", checked: now[name], "data-key": `show-${name}`, onchange: (event) => go({ [name]: event.target.checked }, { push: true }) }), h("span", {}, t(`show.${name}`)));
  const laid = (name, number) => h("label", { class: "toggle" }, h("input", { type: "checkbox", checked: !now.hidden.includes(String(number)), "data-key": `overlay-${number}`,
    onchange: (event) => go({ hidden: event.target.checked ? view().hidden.filter((one) => one !== String(number)) : [...view().hidden, String(number)] }, { push: true }) }), h("span", { dir: "auto" }, name));
  show($("over"),
    h("div", { class: "switches-over" }, h("fieldset", { class: "switch" }, h("legend", { class: "unseen" }, t("layer")), layer("assessed"), layer("claimed"), layer("both"), layer("beside")), h("div", { class: "toggles" }, toggle("events"), toggle("heritage"), toggle("names"), map?.basemap ? toggle("basemap") : null, about.overlays.map(laid)),
      h("div", { class: "toggles", role: "group", "aria-label": t("export.area") }, now.box ? areaChip() : [button(t("filter.box"), drawArea, { "data-key": "area-draw" }), button(t("filter.shown"), () => chooseArea(map.seen()), { "data-key": "area-shown", title: t("filter.shown.what") })])),
    h("div", { class: "zoom", role: "group", "aria-label": t("map.zoom") }, button("+", () => map?.zoom(1), { "aria-label": t("map.in"), title: t("map.in"), "data-key": "zoom-in" }), button("\u2212", () => map?.zoom(-1), { "aria-label": t("map.out"), title: t("map.out"), "data-key": "zoom-out" }), button("\u25a3", () => map?.whole(about.box), { "aria-label": t("map.whole"), title: t("map.whole"), "data-key": "zoom-whole" })),
    h("details", { class: "legend", id: "legend", open: legendOpen, ontoggle: (event) => { legendOpen = event.target.open; } }));
  legend();
}

function legend() {
  const now = view();
  const present = new Set(marks.filter((mark) => mark.part === null && mark.holder).map((mark) => mark.holder));
  const shown = about.holders.filter((one) => present.has(one.name)).slice(0, 9);
  const key = JSON.stringify([language, shown.map((one) => one.name), now.layer, now.events, map?.basemap?.said]);
  if ($("legend").dataset.shown === key) return; // as on most steps of the slider
  $("legend").dataset.shown = key;
  show($("legend"), h("summary", { "data-key": "legend" }, t("legend")),
      h("ul", {}, shown.map((one) => h("li", {}, glyph(one.name), h("span", { dir: "auto" }, one.name))),
        h("li", {}, glyph(null), t("sign.unknown")), h("li", {}, h("i", { class: "ring" }), t("sign.contested")), h("li", {}, h("i", { class: "ring dashed" }), t("sign.besieged")), now.layer !== "assessed" ? h("li", {}, s("svg", { viewBox: "-9 -9 18 18", width: 15, height: 15, class: "glyph outline" }, s("circle", { r: 6 })), t("sign.claimed")) : null,
        now.events ? h("li", {}, h("span", { class: "arrow", "aria-hidden": "true" }, "\u2794"), t("sign.advance")) : null),
      h("p", {}, t("legend.fade"), " ", t("legend.boundaries"), map?.basemap?.said ? ` ${t("legend.basemap", { said: map.basemap.said })}` : ""));
}

function theme(name) {
  if (name === "auto") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.dataset.theme = name;
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => onMaps((one) => one.repaint()));

// Everything once more, in another language or after the record has changed.
function again() {
  forget();
  for (const name of ["list", "place", "report"]) delete $("panel").dataset[name];
  frameWork();
  onMaps((one) => one.setAround(around(view()))); // names on it come in the language
  beside();
  clock.build();
  clock.set(view().day, view().tab === "compare" ? view().versus : null);
  panel(new Set(["start"]));
}

// --- what is looked at changes ------------------------------------------------------------------------------------------

function changed(now, what) {
  const anew = ["day", "without", "only_kind", "layer"].some((name) => what.has(name));
  if (anew) {
    if (what.has("without") || what.has("only_kind")) days.clear();
    if (what.has("day") && what.size === 1) compared = now.tab === "compare" ? compared : null;
    refresh();
  } else if (what.has("versus") || what.has("tab")) clock.set(now.day, now.tab === "compare" ? now.versus : null);
  if (what.has("tab") && now.tab !== "compare") compared = null;
  if (what.has("layer")) beside();
  layers(what);
  const seen = ["lon", "lat", "zoom"];
  const waits = anew && onBoard(now) && ![...what].some((name) => ["tab", "place", "report"].includes(name)); // for the marks
  if (!waits && [...what].some((name) => !seen.includes(name))) { panel(what); onMap(); }
  if (what.has("lon") && now.lon !== null && !what.has("place")) map?.goto(now);
  if (what.has("place") && now.place && byId.has(now.place)) map?.fly(byId.get(now.place), picked !== now.place);
  picked = null;
  if (what.has("basemap") || what.has("hidden")) onMaps((one) => one.setAround(around(now)));
  if (["layer", "events", "heritage", "names", "basemap", "hidden", "box"].some((name) => what.has(name))) over();
}

// The marks of the day. The latest wish wins; days that were seen are kept.
function refresh() {
  const now = view();
  clock.set(now.day, now.tab === "compare" ? now.versus ?? about.first : null);
  const layersWanted = ["both", "beside"].includes(now.layer) ? ["assessed", "claimed"] : [now.layer];
  const premises = { without: now.without, only_kind: now.only_kind };
  const load = async () => {
    try {
      const found = await Promise.all(layersWanted.map((layer) => stateOf(now.day, layer, premises)));
      if (view().day !== now.day || view().layer !== now.layer) return;
      marks = found.flatMap((one) => one.marks);
      supposed = found[0].what_if;
      onMap();
      if (onBoard(view())) panel(new Set(["marks"]));
      legend();
    } catch (error) { if (error instanceof Problem) show($("live"), error.message); }
  };
  pending = load();
  return pending;
}

const onBoard = (now) => now.tab === "board" && !now.place && !now.report;

async function stateOf(day, layer, premises) {
  if (!premises.without.length && !premises.only_kind.length) return { marks: (await spellsOf(layer)).on(day), what_if: null };
  const key = `${day}|${layer}|${premises.without}|${premises.only_kind}`;
  if (!days.has(key)) {
    if (days.size >= KEPT) days.delete(days.keys().next().value);
    days.set(key, await ask("state", { day, layer, ...premises }, `state-${layer}`));
  }
  return days.get(key);
}

function spellsOf(layer) {
  if (!spells.has(layer)) {
    const asked = ask("spells", { layer }).then((found) => new Spells(found));
    spells.set(layer, asked);
    asked.catch(() => { if (spells.get(layer) === asked) spells.delete(layer); }); // to be asked for again
  }
  return spells.get(layer);
}

// Events of the week before the day, and heritage sites, where they are wanted.
function layers(what) {
  happened(what);
  heritage(what);
}

async function happened(what) {
  const now = view();
  try {
    if (what.has("events") || what.has("day")) {
      if (!now.events && !events.length && !advancing.length) return;
      const near = { last: now.day, limit: 500 };
      const [found, advanced] = now.events ? await Promise.all([ask("events", { ...near, first: shift(now.day, -EVENT_DAYS), kind: "event" }, "events"), ask("events", { ...near, first: shift(now.day, -ADVANCE_DAYS), kind: "control", type: "advances" }, "advances")]) : [{ events: [] }, { events: [] }];
      [events, advancing] = [found, advanced].map((one) => (view().events ? one.events.filter((event) => event.level === "place" && event.lat !== null) : []));
      onMap();
    }
  } catch (error) { if (error instanceof Problem) show($("live"), error.message); }
}

async function heritage(what) {
  const now = view();
  try {
    if (what.has("heritage")) {
      if (!now.heritage) sites = [];
      else {
        const [known, incidents] = await Promise.all([ask("sites", { limit: 500 }), ask("heritage", { named: true, limit: 500 })]);
        let all = known.sites;
        while (all.length < known.total) all = [...all, ...(await ask("sites", { limit: 500, offset: all.length })).sites];
        hitSites = new Set(incidents.incidents.map((one) => one.site));
        sites = all.map((site) => ({ ...site, hit: hitSites.has(site.id) }));
      }
      onMap();
    }
  } catch (error) { if (error instanceof Problem) show($("live"), error.message); }
}

const shift = (iso, by) => new Date(Date.parse(iso) + by * 86_400_000).toISOString().slice(0, 10);

function onMap() {
  if (!map) return;
  const now = view();
  const found = new Map();
  for (const mark of marks) {
    if (mark.part !== null) continue;
    if (!found.has(mark.place)) found.set(mark.place, []);
    found.get(mark.place).push(mark);
  }
  const changes = now.tab === "compare" && compared ? new Map(compared.differences.filter((one) => one.part === null && one.claimed_by === null).map((one) => [one.place, one])) : null;
  const box = now.box?.split(",").map(Number);
  for (const [one, layer] of maps()) one.set({ spots: spotsOf(layer, found, changes), events, arrows: advances(advancing, rows, marks), sites, chosen: now.place, area: box ? [[box[0], box[1]], [box[2], box[3]]] : null, names: now.names, day: now.day, layer });
}

function spotsOf(layer, found, changes) {
  const now = view();
  const spots = [], dimmed = [];
  for (const row of drawn) {
    const own = found.get(row.id) ?? [];
    const shown = signs(own, layer);
    const difference = changes?.get(row.id);
    const unlike = (now.actor && !own.some((mark) => mark.holder === now.actor || mark.besieged_by === now.actor)) || (now.least > 0 && !own.some((mark) => mark.sure >= now.least)) || !inBox(row, now.box);
    const dim = changes ? !difference?.hands : Boolean(unlike);
    (dim ? dimmed : spots).push({ row, marks: difference ? [difference.after].filter(Boolean) : shown, both: layer === "both", dim, ...(difference ? { before: difference.before } : {}) });
  }
  return [...dimmed, ...spots];
}

// The signs of one place: one as assessed; as claimed, one for each holder that somebody claims, hollow.
function signs(own, layer) {
  const assessed = own.filter((mark) => mark.claimed_by === null).slice(0, 1);
  if (layer === "assessed") return assessed;
  const claimed = [...new Map(own.filter((mark) => mark.claimed_by !== null).map((mark) => [mark.holder ?? "", mark])).values()].slice(0, 3);
  if (layer === "claimed") return claimed.map((mark) => ({ ...mark, outline: true, sure: 1, contested: mark.contested }));
  return [...assessed, ...claimed.map((mark) => ({ ...mark, outline: true, small: true, sure: 1, contested: false, besieged: false }))];
}

// --- the panel ----------------------------------------------------------------------------------------------------------

// A promise where what is shown has to be asked for first.
function panel(what) {
  const now = view();
  const frame = $("panel");
  tabs();
  document.body.dataset.view = now.report ? "report" : now.place ? "place" : now.tab;
  document.body.classList.toggle("wide", !now.report && !now.place && ["strips", "sources"].includes(now.tab));
  const back = now.report || now.place;
  if (now.report) {
    if (frame.dataset.report !== now.report) {
      reset(frame);
      focus(what, "report");
      return reportPanel(frame, now.report).then(() => closer(frame));
    }
    if (what.has("claim")) reveal(frame, now.claim);
    return;
  }
  if (now.place) {
    delete frame.dataset.report;
    delete frame.dataset.list;
    const scroll = frame.scrollTop;
    const same = !what.has("place") && !what.has("start");
    if ([...what].every((name) => ["lon", "lat", "zoom", "events", "heritage", "names", "basemap", "hidden", "layer", "marks"].includes(name))) return;
    focus(what, "place");
    return placePanel(frame, about, marks).then(() => { closer(frame); if (same) frame.scrollTop = scroll; });
  }
  if (back !== null || frame.dataset.report || frame.dataset.place) { delete frame.dataset.report; delete frame.dataset.place; delete frame.dataset.list; forget(); frame.scrollTop = 0; }
  if (what.has("tab")) { frame.scrollTop = 0; delete frame.dataset.list; }
  if (now.tab === "board" && !about.counts.reports) welcomePanel(frame, about, { changed: recordChanged, help });
  else if (now.tab === "board") boardPanel(frame, marks);
  else if (now.tab in LISTS) listPanel(frame, about, now.tab);
  else if (now.tab === "relations") relationsPanel(frame, about);
  else if (now.tab === "strips") stripsPanel(frame, about);
  else if (now.tab === "compare") comparePanel(frame, about, { compared: (found) => { compared = found; onMap(); }, names: nameOf });
  else if (now.tab === "search") searchPanel(frame, about);
  else if (now.tab === "paste") pastePanel(frame, about, { changed: recordChanged });
  else boardPanel(frame, marks);
  if (supposed) frame.prepend(premise(supposed));
}

function reset(frame) {
  delete frame.dataset.list;
  delete frame.dataset.place;
  forget();
  frame.scrollTop = 0;
}

function closer(frame) {
  const bar = h("div", { class: "back" }, button(`${document.documentElement.dir === "rtl" ? "\u2192" : "\u2190"} ${view().report && view().place ? byId.get(view().place)?.name ?? t("back") : t(`tab.${view().tab}`)}`, close, { class: "plain", "data-key": "close" }),
    button(t("copy.link"), async (event) => {
      const address = new URL(link(), location.href).href;
      try { await navigator.clipboard.writeText(address); event.target.textContent = t("copied"); } catch { event.target.textContent = address; } // to be copied by hand
    }, { class: "plain", "data-key": "copy" }),
    view().place && !view().report ? button(t("strips.add"), () => go({ ids: [...new Set([...view().ids, view().place])], tab: "strips", place: null }, { push: true }), { class: "plain" }) : null);
  frame.querySelector(":scope > .back")?.remove();
  frame.prepend(bar);
}

function close() {
  const now = view();
  if (now.report) go({ report: null, claim: null }, { push: true });
  else if (now.place) go({ place: null, part: null, without: [], only_kind: [] }, { push: true });
  else go({ tab: "board", versus: null }, { push: true });
}

// Whoever works by keyboard is taken to what opened.
function focus(what, name) {
  if (what.has(name) && document.activeElement !== document.body && !$("clock").contains(document.activeElement)) setTimeout(() => $("panel").focus({ preventScroll: true }), 0);
}

// After a decision what is shown is shown anew, where it was.
async function reviewed() {
  forget();
  await recordChanged();
  const frame = $("panel");
  const scroll = frame.scrollTop;
  delete frame.dataset.list;
  delete frame.dataset.report;
  await panel(new Set(["reviewed"]));
  frame.scrollTop = scroll;
}

async function recordChanged() {
  days.clear();
  spells.clear();
  forgetClaims();
  const [record, places, histogram] = await Promise.all([ask("record"), ask("places", { limit: 20_000 }), ask("histogram")]);
  const first = !about.counts.reports && record.counts.reports;
  keep(record, places.places);
  clock.stop();
  clock = new Clock($("clock"), about, histogram, { day: (day) => go({ day }), settled });
  if (first) { go({ day: about.last }); over(); map?.whole(about.box); }
  await refresh();
  onMaps((one) => one.repaint()); // a map that the server draws is asked for anew
}

// --- pointers, keys, drops ----------------------------------------------------------------------------------------------

function tip(hit, x, y) {
  const frame = $("tip");
  if (!hit) { frame.hidden = true; return; }
  if (hit.spot) show(frame, h("b", { dir: "auto" }, hit.spot.row.name), hit.spot.before !== undefined ? h("span", { dir: "auto" }, `${stateWords(hit.spot.before)} \u2192 ${stateWords(hit.spot.marks[0])}`) : hit.spot.marks.length ? hit.spot.marks.map((mark) => h("span", { dir: "auto" }, mark.claimed_by ? `${t("says", { who: mark.claimed_by })}: ` : "", stateWords(mark), mark.claimed_by ? "" : ` \u2014 ${sureWords(mark, view().day)}, ${percent(mark.sure)}`)) : h("span", {}, t("state.nothing")));
  else if (hit.events) show(frame, hit.events.slice(0, 6).map((one) => h("span", { dir: "auto" }, `${typeWords(one.type)}, ${one.place_name}, ${daysWords(one.days)}`)), hit.events.length > 6 ? h("span", {}, t("and.more", { count: hit.events.length - 6 })) : null);
  else if (hit.says) show(frame, h("b", { dir: "auto" }, about.overlays[hit.overlay]), Object.entries(hit.says).slice(0, 8).map(([name, value]) => h("span", { dir: "auto" }, `${name}: ${String(value).slice(0, 200)}`)));
  else show(frame, h("b", { dir: "auto" }, hit.site.name), h("span", {}, hit.site.danger_since ? t("site.danger", { year: hit.site.danger_since }) : t(hit.site.listed ? "site.listed" : "site")));
  frame.hidden = false;
  const wide = $("stage").clientWidth;
  frame.style.left = `${Math.max(8, Math.min(x + 14, wide - frame.offsetWidth - 8))}px`;
  frame.style.top = `${y + 16}px`;
}

function eventsTip(list) {
  go({ tab: "events", of: list.every((one) => one.place === list[0].place) ? list[0].place : null, when: "month", place: null, report: null }, { push: true });
}

function help() {
  helpDialog($("dialog"));
  $("dialog").showModal();
}

function takeAway() {
  exportDialog($("dialog"), about);
  $("dialog").showModal();
}

const typing = (event) => event.target.closest?.("input:not([type=range]):not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

addEventListener("keydown", (event) => {
  if (!clock || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    if ($("dialog").open) return;
    if (typing(event)) { event.target.blur(); return; }
    close();
    return;
  }
  if (typing(event) || $("dialog").open) return;
  const act = {
    "[": () => clock.step(-1), "]": () => clock.step(1), "{": () => clock.change(-1), "}": () => clock.change(1),
    "/": () => $("search").focus(), "?": help,
    "m": () => go({ layer: { assessed: "claimed", claimed: "both", both: "beside", beside: "assessed" }[view().layer] }, { push: true }),
    "c": () => $("compare").click(), "p": () => $("paste").click(), "x": takeAway, "j": () => item(1), "k": () => item(-1),
  }[event.key];
  const card = event.target.closest?.(".quote[data-claim]");
  const review = { a: "accept", r: "reject", e: "correct" }[event.key];
  if (act) { event.preventDefault(); act(); }
  else if (card && review) { if (reviewKey(card, review)) event.preventDefault(); }
  else if (event.key === " " && !event.target.closest?.("button, a, summary, [role=button], input")) { event.preventDefault(); clock.play(); }
  else if (/^[0-9]$/.test(event.key)) { const tab = TABS[(Number(event.key) + 9) % 10]; if (tab) go({ tab, place: null, report: null, claim: null }, { push: true }); }
});

// The next link or heading of a list entry.
function item(by) {
  const all = [...$("panel").querySelectorAll(".rows > li a, .rows > li summary, .quote a.words, details.spell > summary, mark[tabindex]")].filter((one) => one.offsetParent !== null);
  const at = all.indexOf(document.activeElement);
  all[Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
}

const chooseArea = ([[west, south], [east, north]]) => go({ box: [Math.max(west, -180), Math.max(south, -90), Math.min(east, 180), Math.min(north, 90)].map((number) => number.toFixed(3)).join(",") }, { push: true });
function drawArea() {
  show($("live"), t("filter.box.how"));
  map.drawArea(chooseArea);
}

for (const name of ["dragenter", "dragover"]) addEventListener(name, (event) => { if (event.dataTransfer?.types.includes("Files")) { event.preventDefault(); $("drop").textContent = t("paste.drop"); $("drop").hidden = false; } });
for (const name of ["dragleave", "drop"]) addEventListener(name, (event) => { if (name === "drop" || !event.relatedTarget) $("drop").hidden = true; });
addEventListener("drop", async (event) => {
  const files = event.dataTransfer?.files;
  if (!files?.length) return;
  event.preventDefault();
  await take(files);
  delete $("panel").dataset.list;
  go({ tab: "paste", place: null, report: null }, { push: true });
  if (view().tab === "paste") panel(new Set(["tab"]));
});

start();
