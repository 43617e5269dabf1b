// What analysts decided about claims, events and sources, and, with the token, deciding about them where they stand.

import { $, button, h, show } from "./dom.js";
import { ask, mayWrite, post } from "./api.js";
import { has, numberWords, t } from "./words.js";

const FIELDS = ["type", "actor", "opponent", "place", "part", "near", "from", "to", "date_precision", "modality", "sources", "verification", "killed", "wounded", "whom", "of"];

let readOnly = true;
let changed = async () => {};
let chosen = null; // the claim decided about last: what is shown anew takes the focus back to it

export function setReviewing(about, act) {
  readOnly = about.read_only;
  changed = act;
}
export const mayReview = () => !readOnly && mayWrite();

// Chips for a claim that stands as an analyst has it.
export function reviewChips(claim) {
  const chips = [];
  if (claim.review) chips.push(h("span", { class: `chip review-${claim.review.replace(" ", "-")}`, title: t("review.what") }, t(`review.${claim.review}`)));
  if (claim.credibility) chips.push(h("span", { class: "chip", title: t("review.what") }, t("review.graded", { grade: claim.credibility })));
  return chips;
}

// Beside a correction, what was read.
export function readAs(claim) {
  const read = Object.entries(claim.as_read ?? {});
  return read.length ? h("p", { class: "as-read", dir: "auto" }, t("review.as.read"), " ", read.map(([name, value]) => `${fieldWords(name)}: ${valueWords(value)}`).join("; ")) : null;
}

const fieldWords = (name) => (has(`field.${name}`) ? t(`field.${name}`) : name);
const valueWords = (value) => (value === null || value === "" || value === "[]" ? "\u2014" : String(value));

export function reviewBox(claim) {
  if (!mayReview() && !claim.review && !claim.credibility) return null;
  const body = h("div", { class: "review-body" });
  const details = h("details", { class: "review" }, h("summary", { "data-key": `review-${claim.id}` }, t("review.title")), body);
  details.addEventListener("toggle", () => { if (details.open && !body.dataset.filled) fill(body, claim); });
  if (claim.id === chosen) requestAnimationFrame(() => refocus(details));
  return details;
}

function refocus(details) {
  if (!details.isConnected || ![document.body, $("panel")].includes(document.activeElement)) return;
  chosen = null;
  details.querySelector("summary").focus({ preventScroll: true });
}

// `action`, in the data of the body, is what a key asked for meanwhile.
async function fill(body, claim) {
  body.dataset.filled = "1";
  let found;
  try { found = await ask("reviews", { id: claim.id }); } catch (error) { show(body, h("p", { class: "failed", role: "alert" }, error.message)); return; }
  const result = h("div", { class: "review-result", "aria-live": "polite" });
  show(body, history(found.reviews, result, claim), mayReview() ? form(found, claim, result) : null, result);
  if (body.dataset.action) prime(body, body.dataset.action);
}

const history = (reviews, result, claim = null) => (reviews.length ? h("ol", { class: "reviews" }, reviews.map((one) => entry(one, result, claim))) : null);

function entry(one, result, claim) {
  const fields = Object.entries(one.fields).map(([name, value]) => `${fieldWords(name)}: ${valueWords(value)}`).join("; ");
  return h("li", { class: one.undone_by ? "undone" : null },
    h("b", { dir: "auto" }, one.analyst), " ", h("span", { class: "soft" }, `${one.at.slice(0, 16).replace("T", " ")} `), t(`review.action.${one.action}`), fields ? h("span", { dir: "auto" }, ` (${fields})`) : "",
    one.why ? h("q", { dir: "auto" }, one.why) : null,
    one.undone_by ? h("span", { class: "chip" }, t("review.undone")) : null,
    one.differs.length ? h("span", { class: "chip pull-against" }, t("review.differs")) : null,
    mayReview() && !one.undone_by ? button(t("review.undo"), () => decide({ action: "undo", review: one.id }, result, claim), { class: "plain", "data-key": `undo-${one.id}` }) : null);
}

const author = (enter = null) => h("div", { class: "fields" },
  h("label", {}, h("span", {}, t("review.name")), h("input", { name: "analyst", type: "text", maxlength: 200, dir: "auto", value: localStorage.getItem("analyst") ?? "", onkeydown: enter, onchange: (event) => localStorage.setItem("analyst", event.target.value.trim()) })),
  h("label", { class: "wide-field" }, h("span", {}, t("review.why")), h("input", { name: "why", type: "text", maxlength: 2000, dir: "auto", onkeydown: enter })));

const RELIABILITY = ["ABCDEF", (grade) => t(`reliability.${grade}`)], CREDIBILITY = ["123456", (grade) => t(`credibility.${grade}`)];
const gradeSelect = ([grades, means], given) => h("select", { name: "grade", required: true, "aria-label": t("field.credibility") }, h("option", { value: "" }, "\u2014"), [...grades].map((grade) => h("option", { value: grade, selected: String(given) === grade }, `${grade}: ${means(grade)}`)));

// A form for one decision that is not about a single claim: who, why, and a button; `about()` says what it is about.
export function decisionForm(action, label, about, more = null, past = []) {
  const result = h("div", { class: "review-result", "aria-live": "polite" });
  const value = (name) => own.querySelector(`[name=${name}]`).value.trim();
  const own = h("form", { class: "review-form", "aria-label": label, onsubmit: (event) => { event.preventDefault(); decide({ action, ...about(own), analyst: value("analyst"), why: value("why") }, result); } },
    history(past, result), more, author(), h("div", { class: "actions" }, h("button", { type: "submit", class: "plain", "data-action": action }, label)), result);
  return own;
}

// What a source is graded, and grading it.
export function gradeBox(source) {
  const letter = source.grade ? h("span", { class: "chip", title: t(`reliability.${source.grade}`) }, source.grade) : null;
  if (!mayReview() && !source.reviews.length) return letter;
  const body = mayReview() ? () => decisionForm("grade", t("review.grade"), (own) => ({ source: source.id, grade: own.querySelector("[name=grade]").value }), gradeSelect(RELIABILITY, source.grade), source.reviews) : () => history(source.reviews, null);
  const details = h("details", { class: "review" }, h("summary", { "data-key": `grade-${source.id}`, "aria-label": t("review.grade.of", { source: source.name }) }, letter ?? t("review.grade")));
  details.addEventListener("toggle", () => { if (details.open && details.children.length === 1) details.append(body()); });
  return details;
}

function form(found, claim, result) {
  const said = () => ({ analyst: own.querySelector("[name=analyst]").value.trim(), why: own.querySelector("[name=why]").value.trim(), copies: own.querySelector("[name=copies]")?.checked ?? false });
  const corrected = () => Object.fromEntries(FIELDS.map((name) => [name, own.querySelector(`[name="new-${name}"]`).value.trim()]).filter(([name, value]) => value !== found.fields[name]).map(([name, value]) => [name, value || "-"]));
  const more = { correct: () => ({ fields: corrected() }), grade: () => ({ grade: own.querySelector("[name=grade]").value }) };
  const act = (action) => decide({ action, claim: claim.id, ...said(), ...more[action]?.() }, result, claim);
  const enter = (event) => { if (event.key === "Enter") { event.preventDefault(); const primed = own.dataset.action; if (primed) act(primed); } };
  const choice = (action) => button(t(`review.${action}`), () => act(action), { class: "plain", "data-action": action, "data-key": `${action}-${claim.id}` });
  const own = h("div", { class: "review-form", role: "group", "aria-label": t("review.title") },
    author(enter),
    found.copies ? h("label", { class: "toggle" }, h("input", { name: "copies", type: "checkbox", checked: true }), h("span", {}, t("review.copies", { count: numberWords(found.copies) }))) : null,
    h("div", { class: "actions" }, choice("accept"), choice("reject"), gradeSelect(CREDIBILITY, found.credibility), choice("grade")),
    h("details", { class: "correct" }, h("summary", { "data-key": `correct-${claim.id}` }, t("review.correct")),
      h("div", { class: "fields" }, FIELDS.map((name) => h("label", {}, h("span", {}, fieldWords(name)), h("input", { name: `new-${name}`, type: "text", dir: "auto", value: found.fields[name], onkeydown: enter })))),
      h("div", { class: "actions" }, button(t("review.save"), () => act("correct"), { class: "plain", "data-action": "correct" }))));
  return own;
}

// A key on a claim opens its form; Enter then does what the key asked for.
export function reviewKey(card, action) {
  const details = card.querySelector("details.review");
  if (!details || !mayReview()) return false;
  const body = details.querySelector(".review-body");
  body.dataset.action = action;
  if (body.querySelector(".review-form")) prime(body, action);
  details.open = true;
  return true;
}

function prime(body, action) {
  const own = body.querySelector(".review-form");
  own.dataset.action = action;
  for (const one of own.querySelectorAll("button[data-action]")) one.classList.toggle("strong", one.dataset.action === action);
  if (action === "correct") own.querySelector("details.correct").open = true;
  const name = own.querySelector("[name=analyst]");
  (name.value ? own.querySelector(action === "correct" ? "[name=new-type]" : "[name=why]") : name).focus();
}

async function decide(decision, result, claim = null) {
  const analyst = decision.analyst ?? localStorage.getItem("analyst") ?? "";
  if (!analyst) { show(result, h("p", { class: "failed", role: "alert" }, t("review.nameless"))); return; }
  localStorage.setItem("analyst", analyst);
  try {
    const found = await post("reviews", { ...decision, analyst }, true);
    chosen = claim?.id ?? null;
    await changed();
    tell(decision.action, found, claim);
  } catch (error) { show(result, h("p", { class: "failed", role: "alert" }, error.message === "offline" ? t("error.offline") : error.message)); }
}

// What was decided stays in sight, with the way back, though the claim itself may be gone from where it stood.
function tell(action, found, claim) {
  const bar = $("notice");
  const back = async () => { for (const review of found.reviews) await decide({ action: "undo", review }, bar, claim); };
  bar.hidden = false;
  show(bar, h("span", {}, t(`review.done.${action}`), " ", t("review.places", { count: numberWords(found.places) })),
    action === "undo" ? null : button(t("review.undo"), back, { class: "plain", "data-key": "notice-undo" }),
    button("\u00d7", () => { bar.hidden = true; }, { class: "plain", "aria-label": t("close") }));
}
