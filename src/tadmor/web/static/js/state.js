// What is being looked at. It stands in the address, so that every view is a link that opens the same view.

const DEFAULTS = {
  day: null, layer: "assessed", tab: "board", place: null, part: null, report: null, claim: null, text: null,
  actor: null, kind: null, type: null, source_kind: null, review: null, least: 0, box: null, when: "all", country: null,
  versus: null, of: null, without: [], only_kind: [], order: null, ids: [],
  events: false, heritage: false, names: true, basemap: true, hidden: [],
  lon: null, lat: null, zoom: null, map: null, page: 0,
};
const listeners = new Set();
let current = { ...DEFAULTS };

function read() {
  const params = new URLSearchParams(location.search);
  const found = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS)) {
    if (!params.has(name)) continue;
    const like = DEFAULTS[name];
    if (Array.isArray(like)) found[name] = params.getAll(name);
    else if (typeof like === "boolean") found[name] = params.get(name) === "1";
    else if (typeof like === "number" || ["lon", "lat", "zoom"].includes(name)) found[name] = Number(params.get(name)) || 0;
    else found[name] = params.get(name);
  }
  if (found.day && !/^\d{4}-\d\d-\d\d$/.test(found.day)) found.day = null;
  if (found.versus && !/^\d{4}-\d\d-\d\d$/.test(found.versus)) found.versus = null;
  return found;
}

// What the address says, before anything is known of the record.
export const given = (name) => new URLSearchParams(location.search).get(name);

export function link(patch = {}) {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...current, ...patch })) {
    if (Array.isArray(value)) value.forEach((one) => params.append(name, one));
    else if (typeof value === "boolean") { if (value !== DEFAULTS[name]) params.set(name, value ? "1" : "0"); }
    else if (value !== null && value !== DEFAULTS[name]) params.set(name, typeof value === "number" ? String(Math.round(value * 1e4) / 1e4) : value);
  }
  const text = params.toString();
  return location.pathname + (text ? "?" + text : "");
}

export const view = () => current;

// `push` makes a step that the browser's Back undoes; without it the address is only kept up to date.
let waiting = null;
export function go(patch, { push = false } = {}) {
  const before = current;
  current = { ...current, ...patch };
  const changed = new Set(Object.keys(patch).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(current[name])));
  if (push) {
    clearTimeout(waiting);
    history.pushState(null, "", link());
  } else {
    // Browsers allow few changes of the address in a second.
    clearTimeout(waiting);
    waiting = setTimeout(() => history.replaceState(null, "", link()), 150);
  }
  if (changed.size) for (const listener of listeners) listener(current, changed);
}

export function listen(listener) {
  listeners.add(listener);
}

export function begin(defaults) {
  current = { ...read() };
  for (const [name, value] of Object.entries(defaults)) if (current[name] === null) current[name] = value;
  addEventListener("popstate", () => {
    const before = current;
    current = { ...read() };
    for (const [name, value] of Object.entries(defaults)) if (current[name] === null) current[name] = value;
    const changed = new Set(Object.keys(DEFAULTS).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(current[name])));
    for (const listener of listeners) listener(current, changed);
  });
}

// The filters of the lists, as the API takes them; `names` are those that this list knows.
export function filters(names, day) {
  const found = {};
  for (const name of names) {
    if (name === "days") {
      if (current.when === "day") { found.first = day; found.last = day; }
      if (current.when === "month") { found.first = shift(day, -30); found.last = day; }
      if (current.when === "past") found.last = day;
    } else if (name === "place") { if (current.of) found.place = current.of; }
    else if (name === "least") { if (current.least > 0) found.least = current.least; }
    else if (current[name]) found[name] = current[name];
  }
  return found;
}

const shift = (iso, days) => new Date(Date.parse(iso) + days * 86_400_000).toISOString().slice(0, 10);
