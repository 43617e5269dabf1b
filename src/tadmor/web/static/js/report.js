// A report as it was read, with every claim highlighted where it stands.

import { button, h, show } from "./dom.js";
import { ask } from "./api.js";
import { failed, quoteCard, waiting } from "./quote.js";
import { dayWords, numberWords, t } from "./words.js";
import { go, link, view } from "./state.js";

export async function reportPanel(frame, id) {
  show(frame, waiting());
  try {
    const found = await ask("report", { id }, "report");
    show(frame, head(found.report, { published_by: found.published_by, truncated: found.truncated, authors: found.authors, dateline: found.dateline }),
      chain(found), textWithClaims(found.text, found.segments, found.claims, view().claim, (claim) => go({ claim })),
      h("details", { class: "custody" }, h("summary", {}, t("report.custody")), h("dl", {},
        h("dt", {}, t("report.origin")), h("dd", { dir: "auto" }, found.origin ?? ""), h("dt", {}, "sha256"), h("dd", {}, h("code", {}, found.sha256)),
        h("dt", {}, t("report.id")), h("dd", {}, h("code", {}, found.report.id)), h("dt", {}, t("report.read.by")), h("dd", {}, found.read_by), ...found.notes.map((note) => h("dd", {}, note)))));
    reveal(frame, view().claim);
    frame.dataset.report = id;
    frame.found = found;
  } catch (error) { show(frame, failed(error)); }
}

export function reveal(frame, claim) {
  if (!claim) return;
  for (const mark of frame.querySelectorAll("mark")) mark.classList.toggle("chosen", mark.dataset.claims.split(" ").includes(claim));
  for (const card of frame.querySelectorAll("article.quote")) card.classList.toggle("current", card.dataset.claim === claim);
  const first = frame.querySelector("mark.chosen");
  first?.scrollIntoView({ block: "center", behavior: "auto" });
}

export function head(report, more) {
  return h("header", { class: "report-head" },
    h("h2", { dir: "auto", tabindex: "-1" }, report.headline ?? report.doc),
    h("p", { class: "meta", dir: "auto" }, h("b", {}, report.outlet ?? t("outlet.unknown")), report.original_outlet ? ` \u00b7 ${t("first.in", { outlet: report.original_outlet })}` : "",
      more.authors?.length ? ` \u00b7 ${more.authors.join(", ")}` : "", " \u00b7 ", report.published ? dayWords(report.published) : t("day.unknown"),
      h("span", { class: "soft" }, ` (${t("report.day.by", { by: more.published_by })})`),
      ` \u00b7 ${report.passed_over ? t("report.passed.over") : t("report.claims", { count: numberWords(report.claims) })}`, more.truncated ? ` \u00b7 ${t("report.cut")}` : ""));
}

function chain(found) {
  if (!found.same_story.length) return null;
  return h("details", { class: "same-story" }, h("summary", {}, t("story.of", { count: numberWords(found.same_story.length + 1) })),
    h("p", { class: "soft" }, t("story.what")),
    h("ul", {}, found.same_story.map((one) => h("li", {}, h("a", { href: link({ report: one.id, claim: null }), dir: "auto", onclick: (event) => { event.preventDefault(); go({ report: one.id, claim: null }, { push: true }); } }, one.headline ?? one.doc),
      ` \u00b7 ${one.outlet ?? t("outlet.unknown")} \u00b7 ${one.published ? dayWords(one.published) : t("day.unknown")}`))));
}

// Offsets count characters, of which some take two units in a string here.
export function textWithClaims(text, segments, claims, chosen, pick, card = (claim) => quoteCard(claim, { current: true })) {
  const signs = Array.from(text);
  const spans = claims.flatMap((claim) => [[claim.start, claim.end, claim], ...claim.also.map(([start, end]) => [start, end, claim])]);
  const cuts = new Set([0, signs.length]);
  for (const [start, end] of spans) { cuts.add(Math.min(start, signs.length)); cuts.add(Math.min(end, signs.length)); }
  for (const part of segments) { cuts.add(part.start); cuts.add(part.end); }
  const at = [...cuts].sort((a, b) => a - b);
  const body = h("div", { class: "report-text", dir: "auto" });
  const cards = h("div", { class: "report-claims" });
  const choose = (ids) => {
    pick(ids[0]);
    reveal(body.parentElement, ids[0]);
    show(cards, claims.filter((claim) => ids.includes(claim.id)).map(card));
    cards.hidden = false;
  };
  for (let number = 0; number + 1 < at.length; number++) {
    const [start, end] = [at[number], at[number + 1]];
    const piece = signs.slice(start, end).join("");
    const here = spans.filter(([from, to]) => from <= start && end <= to).map(([, , claim]) => claim);
    const part = segments.find((one) => one.start <= start && end <= one.end);
    const role = part ? part.role : "cut";
    const quiet = !["headline", "body", "caption"].includes(role);
    if (!here.length) { body.append(h("span", { class: quiet ? "aside" : role === "headline" ? "headline" : null }, piece)); continue; }
    const ids = [...new Set(here.map((claim) => claim.id))];
    body.append(h("mark", { class: `kind-${here[0].kind}${ids.length > 1 ? " many" : ""}${ids.includes(chosen) ? " chosen" : ""}${role === "headline" ? " headline" : ""}`, "data-claims": ids.join(" "), tabindex: "0", role: "button",
      title: here.map((claim) => claim.says).join("; "), onclick: () => choose(ids), onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(ids); } } }, piece));
  }
  const first = claims.find((claim) => claim.id === chosen);
  if (first) show(cards, card(first)); else cards.hidden = true;
  return h("div", { class: "reading" }, h("p", { class: "soft hint" }, claims.length ? t("report.hint") : t("report.none")), cards, body);
}
