// What users lay under and over the map: a basemap as PMTiles, whatever its layers are called, and overlays as GeoJSON.

import { language } from "./words.js";

const VENDOR = "/static/vendor/pmtiles/pmtiles.js";
const DASHES = [null, [4, 2], [1, 1.6], [6, 2, 1, 2]]; // tell overlays apart
const FONT = ["sans-serif"];

// What layers of tiles are for, by what common schemas call them; the first that fits, drawn in this order.
const ROLES = [
  ["earth", /^(earth|land)$/i], ["cover", /cover|landuse|park|wood|forest|green|natural|site|pitch/i], ["water", /water|ocean|sea|lake|river/i],
  ["building", /building/i], ["road", /road|transport|street|rail|transit|highway|path|bridge|aeroway/i], ["border", /bound|border|admin/i],
  ["place", /place|label|name|poi|settlement|address|number|peak/i], ["other", /./],
];

// Reads the head of the archive; null where it cannot be read. `library` is MapLibre.
export async function openBasemap(library) {
  try {
    await script(VENDOR);
    const address = `${location.origin}/api/basemap`;
    const protocol = new globalThis.pmtiles.Protocol();
    const archive = new globalThis.pmtiles.PMTiles(address);
    protocol.add(archive);
    library.addProtocol("pmtiles", protocol.tile);
    const [head, about] = await Promise.all([archive.getHeader(), archive.getMetadata()]);
    const vector = head.tileType === globalThis.pmtiles.TileType.Mvt;
    return { address: `pmtiles://${address}`, vector, layers: vector ? (about?.vector_layers ?? []).map((one) => one.id) : [], said: plain(about?.attribution), deepest: head.maxZoom };
  } catch (error) {
    console.info("no basemap:", error.message);
    return null;
  }
}

function script(source) {
  return new Promise((done, failed) => {
    const element = document.createElement("script");
    element.src = source;
    element.addEventListener("load", done);
    element.addEventListener("error", () => failed(new Error(`${source} does not load`)));
    document.head.append(element);
  });
}

// An attribution is often markup; here it is text.
const plain = (text) => String(text ?? "").replace(/<[^>]*>/g, "").replace(/&copy;/g, "\u00a9").replace(/&amp;/g, "&").trim();

export function basemapStyle(basemap, colour) {
  if (!basemap) return { sources: {}, layers: [] };
  if (!basemap.vector) return { sources: { basemap: { type: "raster", url: basemap.address, tileSize: 256 } }, layers: [{ id: "basemap", type: "raster", source: "basemap", paint: { "raster-fade-duration": 0 } }] };
  const roles = basemap.layers.map((layer) => [layer, ROLES.findIndex(([, names]) => names.test(layer))]).sort((a, b) => a[1] - b[1]);
  const areas = [], lines = [], points = [];
  for (const [layer, at] of roles) {
    const own = { source: "basemap", "source-layer": layer };
    const [fill, line] = paints(ROLES[at][0], colour);
    if (fill) areas.push({ ...own, id: `basemap-area-${layer}`, type: "fill", filter: ["==", ["geometry-type"], "Polygon"], paint: fill });
    if (line) lines.push({ ...own, id: `basemap-line-${layer}`, type: "line", filter: ["==", ["geometry-type"], "LineString"], paint: line });
    if (ROLES[at][0] === "place" || ROLES[at][0] === "other") points.push({ ...own, id: `basemap-name-${layer}`, type: "symbol", filter: ["==", ["geometry-type"], "Point"],
      layout: { "text-field": ["coalesce", ["get", `name:${language}`], ["get", "name"], ""], "text-font": FONT, "text-size": 11, "text-max-width": 8 }, paint: { "text-color": colour("--soft"), "text-halo-color": colour("--land"), "text-halo-width": 1.2 } });
  }
  return { sources: { basemap: { type: "vector", url: basemap.address } }, layers: [...areas, ...lines, ...points] };
}

function paints(role, colour) {
  const wide = (most) => ["interpolate", ["linear"], ["zoom"], 4, most / 5, 14, most];
  return {
    earth: [{ "fill-color": colour("--land") }, null], cover: [{ "fill-color": colour("--sunk"), "fill-opacity": 0.6 }, null],
    water: [{ "fill-color": colour("--sea") }, { "line-color": colour("--coast"), "line-width": wide(2) }], building: [{ "fill-color": colour("--line") }, null],
    road: [null, { "line-color": colour("--line"), "line-width": wide(3) }], border: [null, { "line-color": colour("--border"), "line-width": 1.1, "line-dasharray": [4, 2.5] }],
    place: [null, null], other: [{ "fill-color": colour("--sunk"), "fill-opacity": 0.4 }, { "line-color": colour("--coast"), "line-width": 0.8 }],
  }[role];
}

// `shown` are the numbers of the overlays that are wanted.
export function overlayStyle(shown, colour) {
  const sources = {}, layers = [];
  for (const number of shown) {
    const own = { source: `overlay-${number}` };
    const dash = DASHES[number % DASHES.length];
    sources[own.source] = { type: "geojson", data: `${location.origin}/api/overlays/${number}` };
    layers.push(
      { ...own, id: `${own.source}-area`, type: "fill", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colour("--overlay"), "fill-opacity": 0.12 } },
      { ...own, id: `${own.source}-line`, type: "line", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": colour("--overlay"), "line-width": 1.8, ...(dash ? { "line-dasharray": dash } : {}) } },
      { ...own, id: `${own.source}-point`, type: "circle", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": colour("--overlay"), "circle-radius": 4, "circle-stroke-color": colour("--card"), "circle-stroke-width": 1 } });
  }
  return { sources, layers };
}
