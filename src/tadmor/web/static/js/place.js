// A place: its history as a strip with bands, its spells with their evidence, why it is found so, and what if.

import { button, glyph, h, show } from "./dom.js";
import { ask } from "./api.js";
import { failed, placeLink, quoteCard, unfolding, waiting } from "./quote.js";
import { axisOf, axisRow, bandsChart, bars, saidRow } from "./strip.js";
import { band, boundWords, dayWords, daysWords, kindWords, numberWords, partWords, percent, stateWords, sureWords, t } from "./words.js";
import { go, link, view } from "./state.js";

let shownFor = null; // what the panel was last filled for
let data = null;

export async function placePanel(frame, about, marks) {
  const now = view();
  const asked = JSON.stringify([now.place, now.without, now.only_kind]);
  if (shownFor !== asked || frame.dataset.place !== now.place) {
    if (frame.dataset.place !== now.place) show(frame, waiting());
    try {
      const place = await ask("place", { id: now.place, without: now.without, only_kind: now.only_kind }, "place");
      shownFor = asked;
      data = { place, claims: new Map(), bands: new Map() };
      frame.dataset.place = now.place;
    } catch (error) {
      show(frame, failed(error), now.without.length || now.only_kind.length ? [h("button", { type: "button", class: "plain", onclick: () => go({ without: [], only_kind: [] }, { push: true }) }, t("whatif.end")), whatIf()] : null);
      return;
    }
  }
  if (view().place !== now.place) return; // closed, or another place, while this one was asked for
  await paint(frame, about, marks);
}

export function forget() { shownFor = null; }

async function paint(frame, about, marks) {
  const now = view();
  const { place } = data;
  const part = place.parts.includes(now.part) ? now.part : place.parts.includes(null) || !place.parts.length ? null : place.parts[0];
  const assessed = place.spells.filter((spell) => spell.layer === "assessed" && spell.part === part);
  const claimed = group(place.spells.filter((spell) => spell.layer === "claimed" && spell.part === part));
  const axis = axisOf(place.first, place.last);
  const current = inForce(assessed, now.day);
  const pickSpell = (spell) => go({ day: clampDay(spell.start[1] ?? spell.begins, about) }, { push: true });
  const where = [place.place.admin1 !== place.place.name ? place.place.admin1 : null, place.country].filter(Boolean).join(", ");
  const bandsFrame = h("div", { class: "bands-holder" });
  const why = h("section", { class: "why", "aria-label": t("why.title") });
  const lanes = [
    h("div", { class: "lane-name" }, h("b", {}, t("layer.assessed"))),
    h("div", {}, saidRow(place.said, axis), bars(assessed, axis, { pick: pickSpell, day: now.day, high: 26 })),
    ...[...claimed].flatMap(([side, spells]) => [h("div", { class: "lane-name", dir: "auto" }, t("says", { who: side })), bars(spells, axis, { outline: true, high: 16, day: now.day, pick: pickSpell })]),
    h("div", {}), axisRow(axis),
  ];
  const open = new Set([...frame.querySelectorAll("details[open] > summary[data-key]")].map((one) => one.dataset.key));
  show(frame,
    h("header", { class: "place-head" },
      h("div", {}, h("h2", { dir: "auto", tabindex: "-1" }, place.place.name, part ? h("span", { class: "part" }, ` \u2014 ${partWords(part)}`) : ""),
        h("p", { class: "soft" }, [kindName(place.place), where, t("place.claims", { count: numberWords(place.place.claims) })].filter(Boolean).join(" \u00b7 "))),
      place.place.level !== "place" ? h("p", { class: "chip" }, t("place.wide", { level: t(`level.${place.place.level}`) })) : null),
    place.what_if ? premise(place.what_if) : null,
    nowLine(current, now.day, marks.find((mark) => mark.place === now.place && mark.part === part && mark.claimed_by === null && mark.holder === current?.holder && mark.status === current?.status)),
    place.parts.length > 1 ? h("div", { class: "parts", role: "group", "aria-label": t("place.parts") }, place.parts.map((one) =>
      h("button", { type: "button", class: "plain", "aria-pressed": String(one === part), "data-key": `part-${one ?? ""}`, onclick: () => go({ part: one }, { push: true }) }, one ? partWords(one) : t("place.whole")))) : null,
    h("section", { class: "history", "aria-label": t("place.history") }, bandsFrame, h("div", { class: "lanes" }, lanes)),
    whatIf(),
    why,
    h("section", { class: "spells", "aria-label": t("place.spells") }, h("h3", {}, t("place.spells")), assessed.slice().reverse().map((spell) => spellRow(spell, spell === current))),
    claimed.size ? h("details", { class: "claimed" }, h("summary", {}, t("place.claimed", { count: claimed.size })), [...claimed].map(([side, spells]) => h("div", {}, h("h4", { dir: "auto" }, t("says", { who: side })), spells.slice().reverse().map((spell) => spellRow(spell, false))))) : null,
    place.disputes.length ? h("section", { "aria-label": t("tab.disputes") }, h("h3", {}, t("tab.disputes")), place.disputes.map((one) => disputeCard(one, false))) : null,
    h("section", { class: "links" }, listLink("claims", t("place.all.claims", { count: numberWords(place.place.claims) })), " \u00b7 ", listLink("events", t("place.all.events", { count: numberWords(place.events) })), " \u00b7 ", listLink("changes", t("place.all.changes"))));
  fillBands(bandsFrame, part, axis);
  fillWhy(why, current, part);
  // What was open stays so from day to day.
  for (const one of frame.querySelectorAll("details > summary[data-key]")) if (open.has(one.dataset.key)) one.parentElement.open = true;
  if (now.tab === "board") frame.querySelector("h2")?.blur();
}

const clampDay = (iso, about) => (iso < about.first ? about.first : iso > about.last ? about.last : iso);
const kindName = (row) => t(`kind.${row.kind}`) === `kind.${row.kind}` ? row.kind : t(`kind.${row.kind}`);

function listLink(tab, words) {
  return h("a", { href: link({ tab, of: view().place, place: null, part: null }), onclick: (event) => { event.preventDefault(); go({ tab, of: view().place, place: null, part: null }, { push: true }); } }, words);
}

function group(spells) {
  const found = new Map();
  for (const spell of spells) {
    const side = spell.claimed_by ?? "";
    if (!found.has(side)) found.set(side, []);
    found.get(side).push(spell);
  }
  return found;
}

function inForce(spells, day) {
  let found = null;
  for (const spell of spells) if (spell.begins <= day) found = spell;
  return found && (!found.end || (found.end[1] ?? found.end[0] ?? "9999") >= day) ? found : null;
}

function nowLine(spell, day, mark) {
  if (!spell) return h("p", { class: "now" }, glyph(null), h("span", {}, t("place.nothing", { day: dayWords(day) })));
  return h("div", { class: "now" }, glyph(spell.holder, mark?.sure ?? spell.sure),
    h("div", {}, h("p", { class: "is" }, t("place.on", { day: dayWords(day) }), " ", h("b", { dir: "auto" }, stateWords(spell))),
      h("p", { class: "soft" }, t("place.since", { when: boundWords(spell.start) }), " \u00b7 ", mark ? `${sureWords(mark, day)}, ${percent(mark.sure)}` : `${band(spell.sure)}, ${percent(spell.sure)}`, " \u00b7 ", t("voices", { count: spell.voices }))));
}

async function fillBands(frame, part, axis) {
  const now = view();
  const key = JSON.stringify([part, now.without, now.only_kind]);
  const own = data;
  try {
    if (!own.bands.has(key)) own.bands.set(key, await ask("bands", { id: now.place, part, first: own.place.first, last: own.place.last, without: now.without, only_kind: now.only_kind, points: 200 }, "bands"));
    const found = own.bands.get(key);
    if (own === data && found.days.length) show(frame, h("div", { class: "lanes" }, h("div", { class: "lane-name" }, t("bands.title")), bandsChart(found, axis, { day: now.day, pick: (day) => go({ day }) })));
  } catch (error) { show(frame, failed(error)); }
}

// --- spells and their claims ---

function spellRow(spell, current) {
  const body = h("div", { class: "evidence" });
  const holds = spell.pulls;
  const support = spell.layer === "claimed" ? holds : holds.filter((one) => one.pull >= 0);
  const against = spell.layer === "claimed" ? [] : holds.filter((one) => one.pull < 0);
  const details = h("details", { class: `spell${current ? " today" : ""}`, "data-spell": spell.id },
    h("summary", { "data-key": `spell-${spell.id}` }, glyph(spell.holder, spell.sure),
      h("span", { class: "state", dir: "auto" }, stateWords(spell)),
      h("span", { class: "sure", title: band(spell.sure) }, percent(spell.sure)),
      h("span", { class: "dates" }, spell.start[0] !== spell.start[1] && spell.start[0] && spell.start[1] ? t("spell.from.between", { first: dayWords(spell.start[0]), last: dayWords(spell.start[1]) }) : t("spell.from", { when: boundWords(spell.start) }), ", ",
        spell.end ? t("spell.until", { when: boundWords(spell.end) }) : t("spell.still")),
      h("span", { class: "counts" }, t("spell.counts", { for: support.length, against: against.length }))),
    body);
  const open = () => { if (details.open && !body.hasChildNodes()) evidence(body, support, against); };
  details.addEventListener("toggle", open);
  if (current) { details.open = true; }
  return details;
}

async function evidence(frame, support, against, most = 4) {
  show(frame, waiting());
  try {
    const pulls = [...support.slice(0, most), ...against.slice(0, most)];
    const claims = await claimsOf(pulls.map((one) => one.claim));
    const side = (list, label, kind) => list.length ? h("div", { class: kind }, h("h4", {}, t(label, { count: numberWords(list.length) })),
      list.slice(0, most).map((one) => claims.get(one.claim) && quoteCard(claims.get(one.claim), { pull: one.pull })),
      list.length > most ? h("button", { type: "button", class: "plain more", onclick: () => evidence(frame, support, against, most + 12) }, t("list.more", { shown: most, total: list.length })) : null) : null;
    show(frame, side(support, "claims.for", "for"), side(against, "claims.against", "against"));
  } catch (error) { show(frame, failed(error)); }
}

const kept = new Map();
export const forgetClaims = () => kept.clear();
export async function claimsOf(ids) {
  const missing = ids.filter((id) => !kept.has(id));
  for (let at = 0; at < missing.length; at += 50) {
    const found = await ask("claims", { id: missing.slice(at, at + 50), limit: 100 });
    for (const claim of found.claims) kept.set(claim.id, claim);
  }
  return new Map(ids.map((id) => [id, kept.get(id)]));
}

// --- why ---

async function fillWhy(frame, current, part) {
  const now = view();
  if (!current || now.without.length || now.only_kind.length) return;
  const body = h("div", { class: "why-body" });
  const details = h("details", {}, h("summary", { "data-key": "why" }, t("why.title")), body);
  details.addEventListener("toggle", async () => {
    if (!details.open || body.hasChildNodes()) return;
    frame.dataset.open = "1";
    show(body, waiting());
    try {
      // What was weighed is told at once; leaving out one voice after the other takes longer.
      const asked = { id: now.place, day: now.day, part };
      const found = await ask("explain", { ...asked, changes: "false" }, "explain");
      const changes = h("div", { role: "status" }, waiting());
      const claims = await claimsOf(found.weighed.slice(0, 12).map((one) => one.claim));
      const most = Math.max(...found.weighed.map((one) => Math.abs(one.pull)), 0.01);
      show(body,
        h("p", {}, t("why.answer", { state: stateWords(current), band: found.band === "" ? "" : band(found.sure), share: percent(found.sure), day: dayWords(found.day) })),
        h("ul", { class: "chances" }, Object.entries(found.probabilities).filter(([, p]) => p >= 0.005).map(([name, p]) => {
          const bar = h("i", { class: "bar" }); bar.style.inlineSize = `${Math.max(p * 100, 1)}%`;
          return h("li", {}, name === "unknown" || name === "partly" ? h("i", { class: `swatch ${name}` }) : glyph(name), h("span", { dir: "auto" }, name === "unknown" ? t("state.unknown") : name === "partly" ? t("state.several") : name), h("span", { class: "meter" }, bar), h("span", { class: "number" }, percent(p)));
        })),
        h("h4", {}, t("why.changes")), changes,
        h("h4", {}, t("why.pulls")),
        found.weighed.slice(0, 12).map((one) => {
          const claim = claims.get(one.claim);
          if (!claim) return null;
          const bar = h("i", { class: one.pull >= 0 ? "pull for" : "pull against" }); bar.style.inlineSize = `${Math.abs(one.pull) / most * 100}%`;
          return h("div", { class: "pulled" }, h("div", { class: "pull-bar", "aria-hidden": "true" }, bar), quoteCard(claim, { pull: one.pull, weighed: one }));
        }));
      show(changes, whatChanges(await ask("explain", asked, "explain")));
    } catch (error) { show(body, failed(error)); }
  });
  show(frame, details);
  if (frame.dataset.open) details.open = true;
}

function whatChanges(found) {
  const leave = (one) => (one.source ? { without: [one.source] } : { only_kind: record.source_kinds.filter((kind) => kind !== one.kind) });
  const row = (one) => h("li", {},
    button(one.source ? t("why.without", { who: one.source_name }) : t("why.without.kind", { kind: kindWords(one.kind) }), () => go(leave(one), { push: true }), { class: "plain" }),
    h("span", { dir: "auto" }, ` ${one.words}${one.sure === null ? "" : `, ${percent(one.sure)}`} (${t("why.unheard", { count: one.claims })})`));
  return [found.changes.length ? h("ul", { class: "changes-if" }, found.changes.map(row)) : h("p", { class: "soft" }, t("why.nothing")),
    found.tried < found.voices ? h("p", { class: "soft" }, t("why.tried", { tried: found.tried, voices: found.voices })) : null];
}

// --- what if ---

let record = { source_kinds: [] };
export const setAbout = (about) => { record = about; };

export function premise(found) {
  const said = [...found.without.map((who) => t("whatif.without", { who })), ...(found.only_kind.length ? [t("whatif.only", { kinds: found.only_kind.map(kindWords).join(", ") })] : [])];
  return h("div", { class: "premise", role: "status" }, h("p", {}, h("b", {}, t("whatif.banner")), ` ${said.join("; ")}. ${t("whatif.unheard", { unheard: numberWords(found.unheard), claims: numberWords(found.claims) })}`),
    h("button", { type: "button", class: "plain", "data-key": "whatif-end", onclick: () => go({ without: [], only_kind: [] }, { push: true }) }, t("whatif.end")));
}

function whatIf() {
  const now = view();
  const body = h("div", { class: "switches" });
  const details = h("details", { class: "whatif" }, h("summary", { "data-key": "whatif" }, t("whatif.title")), h("p", { class: "soft" }, t("whatif.what")), body);
  details.addEventListener("toggle", async () => {
    if (!details.open || body.hasChildNodes()) return;
    show(body, waiting());
    try {
      // Those who spoke about this place; the record as it is says who they are.
      const found = await ask("claims", { place: now.place, limit: 500 });
      const voices = new Map(), kinds = new Map();
      for (const claim of found.claims) {
        const one = voices.get(claim.source) ?? { name: claim.source_name, kind: claim.source_kind, count: 0 };
        one.count++;
        voices.set(claim.source, one);
        kinds.set(claim.source_kind, (kinds.get(claim.source_kind) ?? 0) + 1);
      }
      const ordered = [...voices].sort((a, b) => b[1].count - a[1].count).slice(0, 40);
      show(body,
        h("fieldset", {}, h("legend", {}, t("whatif.sources")), ordered.map(([key, one]) => h("label", {},
          h("input", { type: "checkbox", checked: !now.without.includes(key), "data-key": `voice-${key}`, onchange: (event) => go({ without: event.target.checked ? now.without.filter((other) => other !== key) : [...now.without, key] }, { push: true }) }),
          h("span", { dir: "auto" }, one.name), h("span", { class: "soft" }, ` ${kindWords(one.kind)}, ${numberWords(one.count)}`)))),
        h("fieldset", {}, h("legend", {}, t("whatif.kinds")), [...kinds].sort((a, b) => b[1] - a[1]).map(([kind, count]) => h("label", {},
          h("input", { type: "checkbox", checked: !now.only_kind.length || now.only_kind.includes(kind), "data-key": `kind-${kind}`, onchange: (event) => {
            const all = [...kinds.keys()];
            const heard = (now.only_kind.length ? now.only_kind : all).filter((other) => other !== kind);
            const next = event.target.checked ? [...heard, kind] : heard;
            go({ only_kind: all.every((one) => next.includes(one)) ? [] : next }, { push: true });
          } }), h("span", {}, kindWords(kind)), h("span", { class: "soft" }, ` ${numberWords(count)}`)))));
    } catch (error) { show(body, failed(error)); }
  });
  if (now.without.length || now.only_kind.length) details.open = true;
  return details;
}

// --- disputes, here and in the list ---

export function disputeCard(one, named = true) {
  const details = unfolding(t("dispute.quotes"), `dispute-${one.id}`, async () => {
    const claims = await claimsOf(one.sides.flatMap((side) => side.claims.slice(0, 5)));
    return one.sides.map((side) => h("div", {}, h("h4", { dir: "auto" }, side.says), side.claims.slice(0, 5).map((id) => claims.get(id) && quoteCard(claims.get(id)))));
  });
  return h("article", { class: `dispute${one.open ? " open" : ""}` },
    h("h4", { dir: "auto" }, named ? [placeLink(one.place, one.place_name, one.part), one.part ? ` (${partWords(one.part)})` : "", ": "] : null, one.about),
    h("p", { class: "soft" }, h("span", { class: "chip" }, one.open ? t("dispute.open") : t("dispute.settled")), " ", daysWords(one.days)),
    h("ul", { class: "dispute-sides" }, one.sides.map((side) => h("li", {}, h("b", { dir: "auto" }, side.says), h("span", { class: "soft", dir: "auto" }, ` \u2014 ${side.voices.map(([name, , last]) => last ? `${name} (${dayWords(last)})` : name).join(", ") || t("claims.count", { count: side.claims.length })}`)))),
    h("p", { class: "reading-line", dir: "auto" }, one.reading), details);
}
