// A claim as it is shown: its words, what they are taken to say, whose they are and how they came here.

import { glyph, h, show } from "./dom.js";
import { dayWords, daysWords, kindWords, numberWords, percent, t } from "./words.js";
import { readAs, reviewBox, reviewChips } from "./review.js";
import { go, link } from "./state.js";

function openReport(claim) {
  go({ report: claim.report, claim: claim.id }, { push: true });
}

// `pull`: how far it moved the decision, in log-odds, where it did.
export function quoteCard(claim, { pull = null, weighed = null, place = true, current = false, stored = true } = {}) {
  const chips = [];
  if (pull !== null) chips.push(h("span", { class: `chip ${pull >= 0 ? "pull-for" : "pull-against"}`, title: t("pull.what") }, t(pull >= 0 ? "pull.for" : "pull.against", { pull: Math.abs(pull).toFixed(2) })));
  if (claim.modality !== "asserted") chips.push(h("span", { class: "chip" }, t(`modality.${claim.modality}`)));
  if (claim.verification) chips.push(h("span", { class: "chip" }, t(`verification.${claim.verification}`)));
  chips.push(...reviewChips(claim));
  if (claim.copies > 1) chips.push(h("span", { class: "chip", title: t("story.what") }, t("story.copies", { count: numberWords(claim.copies) })));
  const said = claim.sources.length ? claim.sources.join(" \u2190 ") : null;
  return h("article", { class: `quote${current ? " current" : ""}${claim.review === "rejected" ? " rejected" : ""}`, "data-claim": claim.id },
    h("blockquote", { dir: "auto" },
      h("a", { href: link({ report: claim.report, claim: claim.id }), class: "words", "data-key": `quote-${claim.id}`,
        onclick: (event) => { if (!event.ctrlKey && !event.metaKey) { event.preventDefault(); openReport(claim); } } },
      h("q", {}, claim.quote.replace(/\s+/g, " ")))),
    h("p", { class: "says" }, claim.actor ? glyph(claim.actor.name) : null, h("span", { dir: "auto" }, claim.says), " \u00b7 ", daysWords(claim.days), ...chips.flatMap((chip) => [" ", chip])),
    h("p", { class: "came", dir: "auto" },
      said ? [h("b", {}, said), claim.source_kind ? ` (${kindWords(claim.source_kind)})` : "", " \u00b7 "] : [h("b", {}, t("said.report")), " \u00b7 "],
      claim.headline ? [h("cite", {}, claim.headline), " \u00b7 "] : null,
      claim.outlet ?? t("outlet.unknown"), claim.original_outlet ? ` (${t("first.in", { outlet: claim.original_outlet })})` : "", " \u00b7 ",
      claim.published ? dayWords(claim.published) : t("day.unknown"),
      h("span", { class: "read-sure", title: t("confidence.what") }, ` \u00b7 ${t("confidence", { share: percent(claim.confidence) })}`)),
    readAs(claim),
    weighed ? weighedLine(weighed) : null,
    stored ? reviewBox(claim) : null);
}

function weighedLine(one) {
  if (one.log_odds === null) return null;
  const factors = Object.entries(one.factors).map(([name, factor]) => `${factor.toFixed(2)} ${name === "interest" ? t(`interest.${one.interest}`) : t(`factor.${name}`)}`);
  return h("details", { class: "weight" }, h("summary", {}, t("weight.summary", { weight: one.log_odds.toFixed(2) })),
    h("p", {}, t("weight.made", { prior: one.prior.toFixed(2), source: one.source_name, kind: kindWords(one.source_kind) }), ` \u00d7 ${factors.join(" \u00d7 ")}`,
      one.copies ? ` \u00b7 ${t("weight.copies", { count: one.copies })}` : ""));
}

export function more(total, shown, fetchMore) {
  if (shown >= total) return null;
  return h("button", { type: "button", class: "plain more", onclick: fetchMore, "data-key": "more" }, t("list.more", { shown: numberWords(shown), total: numberWords(total) }));
}

export function placeLink(id, name, part = null) {
  return h("a", { href: link({ place: id, part, report: null }), class: "place-link", dir: "auto", "data-key": `place-${id}-${part ?? ""}`,
    onclick: (event) => { if (!event.ctrlKey && !event.metaKey) { event.preventDefault(); go({ place: id, part, report: null, claim: null }, { push: true }); } } }, name);
}

export function dayLink(iso, words = null) {
  return h("a", { href: link({ day: iso }), class: "day-link", onclick: (event) => { event.preventDefault(); go({ day: iso }, { push: true }); } }, words ?? dayWords(iso));
}

// Details that are filled when they are first opened.
export function unfolding(words, key, fill) {
  const body = h("div", { class: "evidence" });
  const details = h("details", {}, h("summary", { "data-key": key }, words), body);
  details.addEventListener("toggle", async () => {
    if (!details.open || body.hasChildNodes()) return;
    show(body, waiting());
    try { show(body, await fill()); } catch (error) { show(body, failed(error)); }
  });
  return details;
}

export const failed = (error) => h("p", { class: "failed", role: "alert" }, error.message === "offline" ? t("error.offline") : error.message);
export const waiting = () => h("p", { class: "waiting" }, t("waiting"));
