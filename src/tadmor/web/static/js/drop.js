// Files that are dropped or chosen, and the samples: they are read into the record, with how far that has got.

import { button, h, show } from "./dom.js";
import { follow, mayWrite, upload } from "./api.js";
import { failed } from "./quote.js";
import { numberWords, t } from "./words.js";

const ONE_TEXT = 4_000_000; // bytes; a text that is no longer is shown before it is stored
const MANY = /\.(zip|gz|tgz|tar|xz|bz2|zst|warc|pdf|mht|mhtml|csv|tsv|jsonl|rss|atom|xml|opml|mbox)$/i;

export const isOneText = (files) => files.length === 1 && files[0].size <= ONE_TEXT && !MANY.test(files[0].name);

let files = [];
let running = null; // an AbortController while something is read
const frame = h("section", { class: "dropping" }); // stays as it is wherever the page goes meanwhile

export function takeFiles(list) {
  if (running) return;
  files = [...list];
  frame.replaceChildren();
}

const size = (bytes) => (bytes < 1e6 ? t("drop.kb", { size: numberWords(Math.ceil(bytes / 1e3)) }) : t("drop.mb", { size: numberWords(Math.round(bytes / 1e5) / 10) }));

// What there is to read, how far it has got, or what came of it; null where there is nothing of it.
export function dropFrame(about, act, hints) {
  if (running || (!files.length && frame.hasChildNodes())) return frame;
  if (!files.length) return null;
  frame.setAttribute("aria-label", t("drop.title"));
  show(frame, h("h3", {}, t("drop.title")),
    h("ul", { class: "names" }, files.slice(0, 12).map((one) => h("li", {}, h("span", { dir: "auto" }, one.name), h("span", { class: "soft" }, ` ${size(one.size)}`)))),
    files.length > 12 ? h("p", { class: "soft" }, t("and.more", { count: numberWords(files.length - 12) })) : null,
    h("p", { class: "soft" }, t("paste.unstored")),
    !about.read_only && mayWrite()
      ? h("div", { class: "actions" }, h("button", { type: "button", class: "strong", "data-key": "drop-add", onclick: () => { const chosen = files; files = []; read(act, async (told, signal) => ({ files: await sent(chosen, told, signal), ...hints() })); } }, t("drop.add")),
        button(t("drop.leave"), () => { files = []; frame.replaceChildren(); frame.remove(); }, { class: "plain", "data-key": "drop-leave" }))
      : h("p", { class: "soft" }, t(about.read_only ? "paste.readonly" : "paste.token")));
  return frame;
}

export function readSamples(act) {
  files = [];
  read(act, async () => ({ samples: true }));
  return frame;
}

async function sent(chosen, told, signal) {
  const ids = [];
  for (const one of chosen) {
    told(t("drop.sending", { name: one.name, at: numberWords(ids.length + 1), count: numberWords(chosen.length) }), ids.length / chosen.length);
    ids.push((await upload(one, signal)).id);
  }
  return ids;
}

async function read(act, wanted) {
  running = new AbortController();
  const { signal } = running;
  const bar = h("progress", { max: 1, "aria-label": t("drop.title") });
  const said = h("p", { role: "status" });
  const told = (words, share) => {
    said.textContent = words;
    if (share === null) bar.removeAttribute("value"); else bar.value = share;
  };
  show(frame, bar, said, button(t("drop.stop"), () => running?.abort(), { class: "plain", "data-key": "drop-stop" }));
  told(t("paste.reading"), null);
  try {
    const found = await follow("reading", await wanted(told, signal), (one) => told(...progress(one)), signal);
    show(frame, outcome(found));
  } catch (error) {
    show(frame, error.name === "AbortError" ? h("p", { role: "status" }, t("drop.stopped")) : failed(error));
  }
  running = null;
  await act.changed();
}

// In words and as a share: first reports are read, then the places that they touch are worked out.
function progress(one) {
  const places = one.places + one.places_left;
  if (places) return [t("drop.places", { done: numberWords(one.places), count: numberWords(places) }), one.places / places];
  const counts = { reports: numberWords(one.reports), claims: numberWords(one.claims), failed: numberWords(one.failed) };
  return [t("drop.reading", counts), one.files > 1 ? Math.max(one.opened - 1, 0) / one.files : null];
}

function outcome(found) {
  const counts = Object.fromEntries(["new", "changed", "same", "failed", "claims", "places"].map((name) => [name, numberWords(found[name])]));
  return h("div", { class: "added", role: "status" }, h("p", {}, h("b", {}, t("drop.done")), " ", t("drop.counts", counts)),
    found.failures.length ? h("details", {}, h("summary", {}, t("drop.failures", { count: counts.failed })), h("ul", {}, found.failures.map((message) => h("li", { class: "failed", dir: "auto" }, message)))) : null);
}
