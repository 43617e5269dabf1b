// Time: a slider over the whole record with a histogram of claims and marks at changes of hands; play and steps.

import { $, h, s, show } from "./dom.js";
import { dayWords, monthWords, t, toIso, toNumber, weekday } from "./words.js";

const BINS = 220;
const PACE = { day: 160, week: 220, month: 320, change: 700 }; // ms between the steps of play

export class Clock {
  // `act.day(iso)` is called for each new day.
  constructor(frame, about, histogram, act) {
    this.first = toNumber(about.first);
    this.last = toNumber(about.last);
    this.turns = histogram.turns.map(([day]) => day).filter((day) => day >= this.first && day <= this.last);
    this.histogram = histogram;
    this.act = act;
    this.timer = null;
    this.frame = frame;
    this.build();
  }

  build() {
    const step = (by) => () => this.step(by);
    const small = (label, act, words, key) => h("button", { type: "button", class: "step", onclick: act, title: words, "aria-label": words, "data-key": key }, label);
    this.playing = h("button", { type: "button", class: "play", onclick: () => this.play(), "aria-label": t("time.play"), title: t("time.play"), "data-key": "play" }, icon("play"));
    this.unit = h("select", { "aria-label": t("time.step.by"), "data-key": "unit" }, ["day", "week", "month", "change"].map((unit) => h("option", { value: unit }, t(`time.unit.${unit}`))));
    this.unit.value = this.unitName ?? "day";
    this.unit.addEventListener("change", () => { this.unitName = this.unit.value; });
    this.date = h("input", { type: "date", "aria-label": t("time.day"), "data-key": "date", min: toIso(this.first), max: toIso(this.last) });
    this.date.addEventListener("change", () => { if (this.date.value) this.go(toNumber(this.date.value)); });
    this.said = h("output", { class: "today", "aria-live": "off" });
    this.range = h("input", { type: "range", min: this.first, max: this.last, step: 1, "aria-label": t("time.slider"), "data-key": "slider" });
    this.range.addEventListener("input", () => { this.stop(); this.go(Number(this.range.value)); });
    this.chart = s("svg", { class: "chart", viewBox: `0 0 ${BINS} 40`, preserveAspectRatio: "none", "aria-hidden": "true" });
    this.needle = s("line", { class: "needle", y1: 0, y2: 40, "vector-effect": "non-scaling-stroke" });
    this.other = s("line", { class: "needle other", y1: 0, y2: 40, "vector-effect": "non-scaling-stroke" });
    show(this.frame,
      h("div", { class: "when" }, this.said, h("div", { class: "steps", role: "group", "aria-label": t("time.steps") },
        small(icon("first"), () => this.change(-1), t("time.change.before"), "turn-"), small(icon("back"), step(-1), t("time.back"), "step-"), this.playing,
        small(icon("on"), step(1), t("time.on"), "step+"), small(icon("last"), () => this.change(1), t("time.change.after"), "turn+"), this.unit, this.date)),
      h("div", { class: "track", dir: "ltr" }, this.chart, this.range, this.ticks()));
    this.drawChart();
  }

  drawChart() {
    const span = Math.max(this.last - this.first + 1, 1);
    const bins = new Array(BINS).fill(0);
    for (const [day, count] of this.histogram.claims) if (day >= this.first && day <= this.last) bins[Math.min(Math.floor((day - this.first) / span * BINS), BINS - 1)] += count;
    const most = Math.max(...bins, 1);
    // Square roots: a busy week must not make all others vanish.
    const path = bins.map((count, at) => (count ? `M${at + 0.1} 40h.8v-${(2 + 30 * Math.sqrt(count / most)).toFixed(1)}h-.8z` : "")).join("");
    const turns = [...new Set(this.turns.map((day) => ((day - this.first + 0.5) / span * BINS).toFixed(1)))].map((x) => `M${x} 0v5`).join("");
    show(this.chart, s("title", {}, t("time.chart")), s("path", { class: "said", d: path }), s("path", { class: "turns", d: turns, "vector-effect": "non-scaling-stroke" }), this.other, this.needle);
  }

  ticks() {
    const span = this.last - this.first;
    const row = h("div", { class: "ticks", "aria-hidden": "true" });
    const years = span > 900;
    const months = years ? 12 : span > 400 ? 3 : span > 100 ? 1 : 0;
    if (!months) { row.append(h("span", { class: "end" }, dayWords(toIso(this.first))), h("span", { class: "end last" }, dayWords(toIso(this.last)))); return row; }
    const begin = new Date(this.first * 86_400_000);
    for (let year = begin.getUTCFullYear(), month = 0; ; month += months) {
      const day = Date.UTC(year, month, 1) / 86_400_000;
      if (day > this.last) break;
      if (day < this.first) continue;
      const tick = h("span", {}, years ? String(new Date(day * 86_400_000).getUTCFullYear()) : monthWords(toIso(day)));
      tick.style.insetInlineStart = `${(day - this.first) / span * 100}%`;
      row.append(tick);
    }
    return row;
  }

  set(iso, versus = null) {
    this.day = toNumber(iso);
    this.range.value = this.day;
    this.range.setAttribute("aria-valuetext", `${weekday(iso)}, ${dayWords(iso)}`);
    this.date.value = iso;
    show(this.said, h("b", {}, dayWords(iso)), h("span", {}, weekday(iso)));
    const span = Math.max(this.last - this.first + 1, 1);
    const at = (day) => (day - this.first + 0.5) / span * BINS;
    for (const [line, day] of [[this.needle, this.day], [this.other, versus === null ? null : toNumber(versus)]]) {
      line.setAttribute("visibility", day === null ? "hidden" : "visible");
      if (day !== null) { line.setAttribute("x1", at(day)); line.setAttribute("x2", at(day)); }
    }
  }

  go(day) { this.act.day(toIso(Math.min(Math.max(day, this.first), this.last))); }

  step(by, unit = this.unit.value) {
    if (unit === "change") return this.change(by);
    const date = new Date(this.day * 86_400_000);
    if (unit === "month") date.setUTCMonth(date.getUTCMonth() + by);
    else date.setUTCDate(date.getUTCDate() + by * (unit === "week" ? 7 : 1));
    const before = this.day;
    this.go(Math.round(date / 86_400_000));
    return this.day !== before;
  }

  change(by) {
    const next = by > 0 ? this.turns.find((day) => day > this.day) : this.turns.findLast((day) => day < this.day);
    if (next === undefined) return false;
    this.go(next);
    return true;
  }

  play() {
    if (this.timer) return this.stop();
    if (this.day >= this.last) this.go(this.first);
    show(this.playing, icon("pause"));
    this.playing.setAttribute("aria-label", t("time.pause"));
    const on = async () => {
      if (!this.step(1) || this.day >= this.last) return this.stop();
      await this.act.settled();
      if (this.timer) this.timer = setTimeout(on, PACE[this.unit.value]);
    };
    this.timer = setTimeout(on, 60);
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = null;
    show(this.playing, icon("play"));
    this.playing.setAttribute("aria-label", t("time.play"));
  }
}

const ICONS = { play: "M3 1.5 13 8 3 14.5z", pause: "M3 2h3.6v12H3zM9.4 2H13v12H9.4z", back: "M11 2 5 8l6 6z", on: "M5 2l6 6-6 6z", first: "M13 2 7 8l6 6zM3 2h2v12H3z", last: "M3 2l6 6-6 6zM11 2h2v12h-2z" };
const icon = (name) => s("svg", { viewBox: "0 0 16 16", width: 14, height: 14, class: "icon", "aria-hidden": "true" }, s("path", { d: ICONS[name] }));
