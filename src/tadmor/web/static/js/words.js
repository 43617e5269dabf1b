// The strings of the interface, by language, and days and shares as people write them.

const LANGUAGES = { en: "English", ar: "العربية", uk: "Українська" };
const RTL = new Set(["ar"]);
let strings = {};
let fallback = {};
export let language = "en";

export const languages = LANGUAGES;

export async function speak(wanted) {
  language = wanted in LANGUAGES ? wanted : "en";
  if (!fallback["app.title"]) fallback = await catalogue("en");
  strings = language === "en" ? fallback : await catalogue(language);
  document.documentElement.lang = language;
  document.documentElement.dir = RTL.has(language) ? "rtl" : "ltr";
}

async function catalogue(name) {
  const answer = await fetch(`/static/strings/${name}.json`);
  return answer.ok ? answer.json() : {};
}

// "{count} places" with { count: 3 }; a key that a language lacks is said in English.
export function t(key, values = {}) {
  const text = strings[key] ?? fallback[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all));
}

export const has = (key) => key in strings || key in fallback;

const DAY = 86_400_000;
export const toNumber = (iso) => Math.round(Date.parse(iso + "T00:00:00Z") / DAY);
export const toIso = (number) => new Date(number * DAY).toISOString().slice(0, 10);

const formats = new Map();
function format(options) {
  const key = language + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { timeZone: "UTC", ...options }));
  return formats.get(key);
}
export const dayWords = (iso) => (iso ? format({ day: "numeric", month: "short", year: "numeric" }).format(Date.parse(iso)) : t("day.unknown"));
export const monthWords = (iso) => format({ month: "short", year: "numeric" }).format(Date.parse(iso));
export const weekday = (iso) => format({ weekday: "long" }).format(Date.parse(iso));
const numbers = new Map();
export function numberWords(value) {
  if (!numbers.has(language)) numbers.set(language, new Intl.NumberFormat(language === "en" ? "en-GB" : language));
  return numbers.get(language).format(value);
}

export function daysWords(days) {
  if (!days || (!days.first && !days.last)) return t("day.unknown");
  if (!days.first || !days.last) return days.first ? t("day.from", { day: dayWords(days.first) }) : t("day.until", { day: dayWords(days.last) });
  return days.first === days.last ? dayWords(days.first) : t("day.span", { first: dayWords(days.first), last: dayWords(days.last) });
}

// A day known only to lie between two days: from at least, at latest.
export function boundWords([earliest, latest]) {
  if (!earliest && !latest) return t("day.unknown");
  if (earliest === latest) return dayWords(earliest);
  if (!earliest) return t("bound.latest", { day: dayWords(latest) });
  if (!latest) return t("bound.earliest", { day: dayWords(earliest) });
  return t("bound.between", { first: dayWords(earliest), last: dayWords(latest) });
}

export const percent = (share) => `${Math.min(Math.max(Math.round(share * 100), 1), 99)}\u202f%`;

let bands = [];
export const setBands = (found) => { bands = found; };
export function band(share) {
  const found = bands.find(([least]) => share < least);
  return found ? (has(`band.${found[1]}`) ? t(`band.${found[1]}`) : found[1]) : "";
}

// How sure a state is on a day, in words. Where nobody has spoken of a place for long, silence says more than a number.
let halfLife = 365;
export const setHalfLife = (days) => { halfLife = days; };
export function sureWords(mark, day) {
  if (mark.spoken && toNumber(day) - toNumber(mark.spoken) > halfLife) return t("sure.stale", { day: monthWords(mark.spoken) });
  return band(mark.sure);
}

// A state in words, without the place and the day.
export function stateWords(mark) {
  if (!mark) return t("state.nothing");
  const holder = mark.holder;
  let words;
  if (mark.status === "contested") words = holder ? t("state.contested", { holder }) : t("state.contested.unknown");
  else if (mark.status === "partly held") words = holder ? t("state.partly", { holder }) : t("state.partly.unknown");
  else {
    words = holder ? t("state.held", { holder }) : t("state.unknown");
    if (mark.contested) words += t("state.and.contested");
  }
  const by = mark.besieged_by && mark.besieged_by !== "unknown" ? mark.besieged_by : null;
  if (mark.besieged) words += by ? t("state.and.besieged.by", { holder: by }) : t("state.and.besieged");
  return words;
}

export function partWords(part) {
  if (!part) return "";
  if (!part.startsWith("near:")) return part;
  const around = part.slice(5).trim();
  return around === "" || around === "surroundings" ? t("part.near") : t("part.near.what", { what: around });
}

export const typeWords = (type) => (has(`type.${type}`) ? t(`type.${type}`) : type);
export const kindWords = (kind) => (has(`source.${kind}`) ? t(`source.${kind}`) : kind);
