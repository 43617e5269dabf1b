// What holds on any day, from all spells of a layer as the server sends them, in columns: a step of the slider asks
// nothing of anybody.

import { toIso, toNumber } from "./words.js";

const DIGITS = 1e4; // as the server rounds
const STILL = 2 ** 31 - 1; // the last day of what is still so

export class Spells {
  constructor(found) {
    this.found = found;
    this.aged = found.layer === "assessed";
    this.begins = Int32Array.from(found.begins);
    this.lasts = Int32Array.from(found.lasts); // null becomes 0
    found.lasts.forEach((day, spell) => { if (day === null) this.lasts[spell] = STILL; });
    this.marks = new Array(found.begins.length); // made when first shown
    this.lines = new Int32Array(found.counts.length + 1); // where the spells of each line begin
    found.counts.forEach((count, line) => { this.lines[line + 1] = this.lines[line] + count; });
    found.begins = found.lasts = null;
  }

  // The marks of a day, as the server's state would have them.
  on(iso) {
    const day = toNumber(iso);
    const marks = [];
    for (let line = 0; line + 1 < this.lines.length; line++) {
      const spell = this.at(line, day);
      if (spell < 0 || this.lasts[spell] < day) continue;
      const mark = this.marks[spell] ??= this.mark(line, spell);
      const spoken = this.found.spoken[spell];
      marks.push(this.aged && this.lasts[spell] === STILL && spoken !== null && day > spoken ? { ...mark, sure: this.worn(mark.sure, day - spoken) } : mark);
    }
    return marks;
  }

  // The last spell of a line that begins by a day, or -1.
  at(line, day) {
    let low = this.lines[line], high = this.lines[line + 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.begins[middle] <= day) low = middle + 1;
      else high = middle;
    }
    return low > this.lines[line] ? low - 1 : -1;
  }

  worn(sure, days) { return Math.round(sure * 0.5 ** (days / this.found.half_life_days) * DIGITS) / DIGITS; }

  mark(line, spell) {
    const { names, status_names, places, parts, sides, statuses, contested, holders, besiegers, sure, spoken } = this.found;
    const status = status_names[statuses[spell]];
    const by = names[besiegers[spell]] ?? null;
    return {
      place: places[line], part: parts[line], claimed_by: sides[line], status, holder: names[holders[spell]] ?? null, contested: contested[spell] === 1,
      besieged_by: by, besieged: status === "besieged" || by !== null, sure: sure[spell], spoken: spoken[spell] === null ? null : toIso(spoken[spell]),
    };
  }
}
