// The map. With WebGL, MapLibre draws the land and moves it; the marks lie on a canvas above. Without, the server draws
// the whole map as an SVG, whose marks are links.

import { SHAPES, h, hueClass, lookOf, s, show, textured, visible } from "./dom.js";
import { address, ask } from "./api.js";
import { basemapStyle, openBasemap, overlayStyle } from "./backdrop.js";
import { draw, readColours } from "./marks.js";
import { dayWords, stateWords, sureWords, t } from "./words.js";

const VENDOR = "/static/vendor/maplibre-gl/maplibre-gl.mjs";
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const dark = () => getComputedStyle(document.documentElement).getPropertyValue("--is-dark").trim() === "1";

function hasWebGL() {
  try {
    const found = document.createElement("canvas").getContext("webgl2");
    found?.getExtension("WEBGL_lose_context")?.loseContext();
    return found !== null;
  } catch { return false; }
}

// `act`: { pick(place), events(list), site(site), moving(camera), moved(camera), hover(hit, x, y) }; `around`: what is laid
// under and over it, { has: is there a basemap, basemap: is it shown, overlays: the numbers of those shown }.
export async function makeMap(frame, camera, box, act, drawn, around) {
  if (!drawn && hasWebGL()) {
    try { return await LandMap.make(frame, camera, box, act, around); } catch (error) { console.info("no WebGL map:", error.message); }
  }
  return new DrawnMap(frame, camera, box, act, around);
}

// --- the marks alone, until there is a map ------------------------------------------------------------------------------

const TILE = 512; // pixels of the world at zoom 0
const mercator = (lat) => 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI);
const latitude = (y) => (360 * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI))) / Math.PI - 90;

// Where MapLibre would look to show a box.
function fit(frame, [west, south, east, north]) {
  const top = mercator(Math.min(north, 85)), bottom = mercator(Math.max(south, -85));
  const room = (side) => Math.max(side - 2 * PADDING, 1) / TILE;
  const zoom = Math.log2(Math.min(room(frame.clientWidth) / Math.max((east - west) / 360, 1e-9), room(frame.clientHeight) / Math.max(bottom - top, 1e-9)));
  return { lon: (west + east) / 2, lat: latitude((top + bottom) / 2), zoom: Math.max(Math.min(zoom, CLOSEST), 1) };
}
const LEAST_AREA = 6; // pixels: whoever only clicks has drawn none
const PADDING = 70, CLOSEST = 7.5;

export class Sketch {
  constructor(frame, camera, box) {
    this.camera = camera ?? fit(frame, box || [-20, 0, 60, 50]);
    this.shown = { spots: [], events: [], arrows: [], sites: [], towns: [], chosen: null, hovered: null, area: null, names: true };
    this.hits = [];
    this.canvas = h("canvas", { class: "marks", "aria-hidden": "true" });
    show(frame, this.canvas);
    readColours();
  }

  // The mercator of the maps of the web, seen from straight above.
  projection() {
    const { lon, lat, zoom } = this.camera;
    const world = TILE * 2 ** zoom, left = this.canvas.clientWidth / 2 - (lon / 360) * world, top = this.canvas.clientHeight / 2 - mercator(lat) * world;
    return (east, north) => [left + (east / 360) * world, top + mercator(north) * world];
  }

  // Whatever is set before the next frame is drawn in it, once.
  set(patch) {
    Object.assign(this.shown, patch);
    this.waiting ??= new Promise((done) => requestAnimationFrame(() => { if (this.waiting) this.redraw(); done(); }));
  }

  async settled() { await this.waiting; }

  redraw() {
    this.waiting = null;
    this.hits = draw(this.canvas, this.projection(), this.camera.zoom, this.shown);
  }

  zoom() {}
  whole() {}
  setAround() {}
  seen() { return [[-180, -85], [180, 85]]; }
  fly() {}
  goto() {}
  repaint() { readColours(); this.redraw(); }
  drawArea() {}
}

// --- MapLibre below, marks above ---------------------------------------------------------------------------------------

class LandMap extends Sketch {
  static async make(frame, camera, box, act, around) {
    const [library, outlines] = await Promise.all([import(VENDOR), ask("outlines")]);
    const basemap = around.has ? await openBasemap(library) : null;
    return new LandMap(library, outlines, frame, camera, box, act, around, basemap);
  }

  constructor(library, outlines, frame, camera, box, act, around, basemap) {
    super(frame, camera, box);
    this.act = act;
    this.laid = around;
    this.basemap = basemap;
    this.holder = h("div", { class: "land" });
    frame.prepend(this.holder);
    this.land = features(outlines);
    this.map = new library.Map({
      container: this.holder, style: this.style(), center: [this.camera.lon, this.camera.lat], zoom: this.camera.zoom, minZoom: 1, maxZoom: basemap ? 18 : 14, attributionControl: false, dragRotate: false, pitchWithRotate: false,
      touchPitch: false, fadeDuration: 0, renderWorldCopies: false, refreshExpiredTiles: false, maplibreLogo: false, locale: { "Map.Title": t("map.title") },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    // At once, in the same frame as the land, or the marks would swim on it.
    const redraw = () => { this.look(); this.redraw(); };
    this.map.on("move", redraw);
    this.map.on("resize", redraw);
    this.map.on("move", () => act.moving(this.camera));
    this.map.on("moveend", () => act.moved(this.camera));
    this.map.on("click", (event) => this.click(event.point));
    this.map.on("mousemove", (event) => this.hover(event.point));
    this.holder.addEventListener("mouseleave", () => this.hover(null));
    this.map.on("error", (event) => console.info("map:", event.error?.message));
    this.map.on("moveend", () => this.askTowns());
    this.look();
    this.askTowns();
    this.map.once("load", () => { frame.dataset.ready = "1"; });
  }

  look() {
    const { lng, lat } = this.map.getCenter();
    this.camera = { lon: lng, lat, zoom: this.map.getZoom() };
  }

  project = (lon, lat) => this.projection()(lon, lat);

  // Towns to find one's way by, as many as there is room for.
  async askTowns() {
    const seen = this.map.getBounds();
    const within = [Math.max(seen.getWest(), -180), Math.max(seen.getSouth(), -85), Math.min(seen.getEast(), 180), Math.min(seen.getNorth(), 85)];
    const box = within.map((number) => number.toFixed(3)).join(",");
    try { this.set({ towns: (await ask("towns", { box, limit: 60 }, "towns")).towns }); } catch (error) { console.info("towns:", error.message); }
  }

  near(point) {
    let best = null, least = Infinity;
    for (const hit of this.hits) {
      const gap = Math.hypot(hit.x - point.x, hit.y - point.y) - hit.reach + (hit.events ? -4 : 0);
      if (gap < 0 && gap < least) { least = gap; best = hit; }
    }
    return best;
  }

  click(point) {
    if (this.drawing) return;
    const hit = this.near(point);
    if (!hit) return;
    if (hit.spot) this.act.pick(hit.spot.row.id);
    else if (hit.events) this.act.events(hit.events);
    else if (hit.site) this.act.site(hit.site);
  }

  hover(point) {
    const hit = point && this.near(point);
    this.map.getCanvas().style.cursor = hit ? "pointer" : "";
    const id = hit?.spot?.row.id ?? null;
    if (id !== this.shown.hovered) this.set({ hovered: id });
    this.act.hover(hit ?? (point && this.laidOver(point)), point?.x, point?.y);
  }

  zoom(step) { this.map.zoomTo(this.map.getZoom() + step, { duration: still() ? 0 : 200 }); }
  whole(box) { if (box) this.map.fitBounds([[box[0], box[1]], [box[2], box[3]]], { padding: PADDING, maxZoom: CLOSEST, duration: still() ? 0 : 400 }); }
  fly(row, close = false) {
    if (row.lon === null) return;
    const seen = this.map.getBounds();
    const zoom = Math.max(this.map.getZoom(), close ? 6.2 : 0);
    if (seen.contains([row.lon, row.lat]) && zoom === this.map.getZoom()) return;
    this.map.easeTo({ center: [row.lon, row.lat], zoom, duration: still() ? 0 : 450 });
  }
  // Where the browser's Back leads; where the map already is, nothing moves.
  goto(camera) {
    const at = this.map.getCenter();
    if (Math.abs(at.lng - camera.lon) > 1e-3 || Math.abs(at.lat - camera.lat) > 1e-3 || Math.abs(this.map.getZoom() - camera.zoom) > 1e-2)
      this.map.jumpTo({ center: [camera.lon, camera.lat], zoom: camera.zoom });
  }

  repaint() {
    readColours();
    this.map.setStyle(this.style(), { diff: true });
    this.redraw();
  }

  style() {
    const { basemap, overlays } = this.laid;
    return style(this.land, basemap ? this.basemap : null, overlays);
  }

  setAround(around) {
    this.laid = around;
    this.map.setStyle(this.style(), { diff: true });
  }

  // What an overlay says of the spot, where no mark lies on it.
  laidOver(point) {
    const layers = this.laid.overlays.flatMap((number) => ["area", "line", "point"].map((kind) => `overlay-${number}-${kind}`)).filter((id) => this.map.getLayer(id));
    if (!layers.length) return null;
    const room = [[point.x - 4, point.y - 4], [point.x + 4, point.y + 4]];
    const [found] = this.map.queryRenderedFeatures(room, { layers });
    return found ? { overlay: Number(found.source.split("-")[1]), says: found.properties } : null;
  }

  // The area that is in sight, as south-west and north-east corners.
  seen() { return this.map.getBounds().toArray(); }

  // The next drag draws the area for the filters.
  drawArea(done) {
    if (this.drawing) return;
    this.drawing = true;
    this.canvas.classList.add("drawing");
    const at = (event) => { const box = this.canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
    let from = null;
    const before = this.shown.area;
    const corners = (to) => {
      const one = this.map.unproject(from), other = this.map.unproject(to);
      return [[Math.min(one.lng, other.lng), Math.min(one.lat, other.lat)], [Math.max(one.lng, other.lng), Math.max(one.lat, other.lat)]];
    };
    const down = (event) => { from = at(event); this.canvas.setPointerCapture(event.pointerId); };
    const move = (event) => { if (from) this.set({ area: corners(at(event)) }); };
    const end = (event) => {
      this.canvas.classList.remove("drawing");
      for (const [name, act] of acts) this.canvas.removeEventListener(name, act);
      setTimeout(() => { this.drawing = false; }, 50);
      const to = at(event);
      if (from && Math.hypot(to[0] - from[0], to[1] - from[1]) > LEAST_AREA) done(corners(to));
      else this.set({ area: before });
    };
    const acts = [["pointerdown", down], ["pointermove", move], ["pointerup", end], ["pointercancel", end]];
    for (const [name, act] of acts) this.canvas.addEventListener(name, act);
  }
}

// Outlines as the server has them, lines shared by neighbours kept once, to features for MapLibre.
function features(outlines) {
  const lines = outlines.arcs.map((arc) => {
    const points = [];
    let x = 0, y = 0;
    for (let at = 0; at < arc.length; at += 2) {
      x += arc[at]; y += arc[at + 1];
      const lon = x * outlines.step;
      points.push([lon + (points.length ? turn(points.at(-1)[0], lon) : 0), y * outlines.step]);
    }
    return points;
  });
  const uses = new Array(lines.length).fill(0);
  const names = [], land = [];
  for (const [code, name, polygons] of outlines.countries) {
    let largest = 0, middle = null;
    const shapes = polygons.map((rings) => rings.map((ring, at) => {
      const points = [];
      for (const arc of ring) {
        uses[arc < 0 ? ~arc : arc]++;
        let line = arc < 0 ? lines[~arc].slice().reverse() : lines[arc];
        const by = points.length ? turn(points.at(-1)[0], line[0][0]) : 0;
        if (by) line = line.map(([lon, lat]) => [lon + by, lat]);
        points.push(...(points.length ? line.slice(1) : line));
      }
      if (at === 0) {
        let area = 0, cx = 0, cy = 0;
        for (let i = 0; i + 1 < points.length; i++) {
          const cross = points[i][0] * points[i + 1][1] - points[i + 1][0] * points[i][1];
          area += cross; cx += (points[i][0] + points[i + 1][0]) * cross; cy += (points[i][1] + points[i + 1][1]) * cross;
        }
        if (Math.abs(area) > largest) { largest = Math.abs(area); middle = [cx / (3 * area), cy / (3 * area)]; }
      }
      return points;
    }));
    land.push({ type: "Feature", properties: {}, geometry: { type: "MultiPolygon", coordinates: shapes } });
    if (middle) names.push({ type: "Feature", properties: { name: name.toUpperCase(), size: largest }, geometry: { type: "Point", coordinates: middle } });
  }
  const edges = (want) => ({ type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: lines.filter((_, at) => (uses[at] > 1) === want) } });
  const collect = (list) => ({ type: "FeatureCollection", features: list });
  return { land: collect(land), coasts: collect([edges(false)]), borders: collect([edges(true)]), names: collect(names) };
}

// Degrees to add so that a line that crosses the 180th meridian goes on beyond it.
const turn = (before, lon) => 360 * Math.round((before - lon) / 360);

// Names of countries, which a basemap has itself.
const NAMES = (colour) => ({ id: "names", type: "symbol", source: "names", layout: { "text-field": ["get", "name"], "text-font": ["sans-serif"], "text-size": 11, "text-letter-spacing": 0.14, "text-max-width": 8, "symbol-sort-key": ["-", 0, ["get", "size"]] },
  paint: { "text-color": colour("--ghost"), "text-halo-color": colour("--land"), "text-halo-width": 1 } });

function style(land, basemap, overlays) {
  const from = getComputedStyle(document.documentElement);
  const colour = (name) => from.getPropertyValue(name).trim();
  const under = basemapStyle(basemap, colour), over = overlayStyle(overlays, colour);
  const source = (data) => ({ type: "geojson", data, tolerance: 0.4, maxzoom: 9 });
  return {
    version: 8,
    sources: { land: source(land.land), coasts: source(land.coasts), borders: source(land.borders), names: source(land.names), ...under.sources, ...over.sources },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": colour("--sea") } },
      { id: "land", type: "fill", source: "land", paint: { "fill-color": colour("--land"), "fill-antialias": false } },
      { id: "coasts", type: "line", source: "coasts", paint: { "line-color": colour("--coast"), "line-width": 0.9 } },
      { id: "borders", type: "line", source: "borders", paint: { "line-color": colour("--border"), "line-width": 1.1, "line-dasharray": [4, 2.5] } },
      ...under.layers, ...over.layers,
      ...(basemap ? [] : [NAMES(colour)]),
    ],
  };
}

// --- drawn by the server -----------------------------------------------------------------------------------------------

class DrawnMap {
  constructor(frame, camera, box, act, around) {
    this.frame = frame;
    this.act = act;
    this.laid = around;
    this.box = camera ? this.around(camera) : box ? grown(box, 0.2) : null;
    this.shown = {};
    this.spots = new Map();
    this.links = [];
    this.holder = h("div", { class: "drawn" });
    show(frame, this.holder);
    let from = null;
    this.holder.addEventListener("pointerdown", (event) => { from = [event.clientX, event.clientY]; });
    addEventListener("pointerup", (event) => {
      if (!from || !this.box) return;
      const dx = event.clientX - from[0], dy = event.clientY - from[1];
      from = null;
      if (Math.hypot(dx, dy) < 12) return;
      const wide = this.box[2] - this.box[0], high = this.box[3] - this.box[1];
      this.moveTo(moved(this.box, -dx / this.holder.clientWidth * wide, dy / this.holder.clientHeight * high));
    });
  }

  // The land, where marks stand and their names are asked of the server; what a mark looks like, the page knows.
  set(patch) {
    Object.assign(this.shown, patch);
    if (patch.spots) this.spots = new Map(patch.spots.map((spot) => [spot.row.id, spot]));
    if (patch.day) this.fetch();
    this.waiting ??= new Promise((done) => requestAnimationFrame(() => { this.waiting = null; this.mark(); done(); }));
  }

  async settled() { await this.drawing; await this.waiting; }

  fetch() {
    const { day, layer, names } = this.shown;
    if (!day) return;
    const wanted = { names, box: this.box?.map((number) => number.toFixed(4)).join(","), dark: dark(), overlay: this.laid.overlays };
    const key = JSON.stringify(wanted);
    if (key === this.last) return;
    this.last = key;
    this.drawing = drawing(address("map.svg", { ...wanted, day, layer: layer === "claimed" ? "claimed" : "assessed" })).then((drawn) => {
      if (key !== this.last || !drawn) return;
      // Marks lie in a drawing of their own, so that the land is not painted anew with them.
      const above = drawn.cloneNode();
      above.append(drawn.querySelector("g.marks"));
      for (const name of ["role", "aria-label"]) drawn.removeAttribute(name);
      drawn.setAttribute("aria-hidden", "true");
      this.links = [...above.querySelectorAll("a[data-place]")];
      for (const link of this.links) {
        const pick = (event) => { event.preventDefault(); this.act.pick(link.dataset.place); };
        link.addEventListener("click", pick);
        link.addEventListener("keydown", (event) => { if (event.key === "Enter") pick(event); });
      }
      show(this.holder, drawn, above);
      this.mark();
      this.frame.dataset.ready = "1";
    });
  }

  mark() {
    for (const link of this.links) {
      sign(link, this.spots.get(link.dataset.place), this.shown.day);
      link.classList.toggle("chosen", link.dataset.place === this.shown.chosen);
    }
  }

  // As far as MapLibre would show at this zoom, so that a link opens the same view in both.
  around({ lon, lat, zoom }) {
    const wide = (360 * this.frame.clientWidth) / (512 * 2 ** zoom) / 2, high = wide * 0.6;
    return clamp([lon - wide, lat - high, lon + wide, lat + high]);
  }

  moveTo(box) {
    this.box = box;
    this.fetch();
    this.act.moved(this.camera);
  }
  get camera() {
    const [west, south, east, north] = this.box ?? [-20, 0, 60, 50];
    return { lon: (west + east) / 2, lat: (south + north) / 2, zoom: Math.log2((360 * this.frame.clientWidth) / (512 * (east - west))) };
  }
  zoom(step) { if (this.box) this.moveTo(grown(this.box, step > 0 ? -0.22 : 0.4)); }
  whole(box) { if (box) this.moveTo(grown(box, 0.2)); }
  fly(row, close = false) {
    if (!this.box || row.lon === null) return;
    const [west, south, east, north] = this.box;
    const inside = row.lon > west && row.lon < east && row.lat > south && row.lat < north;
    if (close && east - west > 16) this.moveTo(clamp([row.lon - 6, row.lat - 3.6, row.lon + 6, row.lat + 3.6]));
    else if (!inside) this.moveTo(moved(this.box, row.lon - (west + east) / 2, row.lat - (south + north) / 2));
  }
  goto(camera) {
    const now = this.camera;
    if (Math.abs(now.lon - camera.lon) < 1e-3 && Math.abs(now.lat - camera.lat) < 1e-3 && Math.abs(now.zoom - camera.zoom) < 1e-2) return;
    this.box = this.around(camera);
    this.fetch();
  }
  redraw() {}
  setAround(around) { this.laid = around; this.fetch(); }
  repaint() { this.last = null; this.fetch(); }
  seen() {
    const [west, south, east, north] = this.box ?? [-180, -84, 180, 84];
    return [[west, south], [east, north]];
  }
  drawArea(done) { done(this.seen()); }
}

// A drawing of the server's, or null where it has none.
function drawing(url) {
  return new Promise((done) => {
    const request = new XMLHttpRequest(); // which parses it as what it is, where fetch would leave that to us
    request.open("GET", url);
    request.responseType = "document";
    request.overrideMimeType("image/svg+xml");
    request.onloadend = () => done(request.status === 200 && request.responseXML ? document.importNode(request.responseXML.documentElement, true) : null);
    request.send();
  });
}

// Makes a link show and say what is found of its place on a day. Its name, if it has one, stays.
function sign(link, spot, day) {
  const mark = spot?.marks[0];
  const looks = mark ? [mark.holder, spot.dim, Math.ceil(mark.sure * 20), mark.contested, mark.besieged, mark.outline].join("|") : `none|${spot?.dim}`;
  const said = spot?.marks.map((one) => (one.claimed_by ? `${t("says", { who: one.claimed_by })}: ` : "") + stateWords(one) + (one.claimed_by ? "" : `, ${sureWords(one, day)}`)).join("; ") || t("state.nothing");
  const words = visible(`${spot?.row.name ?? link.dataset.place}: ${said} (${dayWords(day)})`);
  if (link.words !== words) { link.words = words; link.setAttribute("aria-label", words); link.querySelector("title").textContent = words; }
  if (link.looks === looks) return;
  link.looks = looks;
  link.setAttribute("opacity", spot?.dim ? 0.25 : 1);
  const look = lookOf(mark?.holder);
  const parts = mark ? [s("circle", { r: 8.6, class: "card" }),
    s("path", { d: SHAPES[look ? look.shape % 8 : 0], class: mark.holder && !mark.outline ? "full" : "empty", "fill-opacity": Math.max(mark.sure, 0.25) }),
    mark.outline ? null : textured(mark.holder), mark.contested ? s("circle", { r: 10.5, class: "ring" }) : null, mark.besieged ? s("circle", { r: 13, class: "ring dashed" }) : null] : [s("circle", { r: 3, class: "card none" })];
  link.classList.remove(...[...link.classList].filter((name) => /^(hue|nobody)/.test(name)));
  link.classList.add(hueClass(mark?.holder));
  link.replaceChildren(...parts.filter(Boolean), link.querySelector("title"), ...link.querySelectorAll("text"));
}

function clamp([west, south, east, north]) {
  return [Math.max(west, -180), Math.max(south, -84), Math.min(east, 180), Math.min(north, 84)];
}
function grown([west, south, east, north], by) {
  const wide = Math.max((east - west) * by, by > 0 ? 0.4 : -Infinity), high = Math.max((north - south) * by, by > 0 ? 0.3 : -Infinity);
  return clamp([west - wide, south - high, east + wide, north + high]);
}
const moved = ([west, south, east, north], dx, dy) => clamp([west + dx, south + dy, east + dx, north + dy]);
