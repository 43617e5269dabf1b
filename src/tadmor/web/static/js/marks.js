// Draws marks on a canvas over the map: thousands of them in a few milliseconds, also without a graphics card.

import { SHAPES, TEXTURES, lookOf } from "./dom.js";

const PATHS = SHAPES.map((path) => new Path2D(path));
const WOVEN = TEXTURES.map((path) => new Path2D(path));
const SIZES = { city: 1.2, town: 1, village: 0.82, suburb: 0.82, camp: 0.82 };
const STEPS = 6; // of fading
const CLUSTER = 44; // pixels within which events are one sign

let colours = null;
export function readColours() {
  const style = getComputedStyle(document.documentElement);
  const get = (name) => style.getPropertyValue(name).trim();
  colours = {
    hues: [0, 1, 2, 3, 4, 5, 6].map((hue) => get(`--hue${hue}`)),
    none: get("--nobody"), ink: get("--ink"), card: get("--card"), land: get("--land"), accent: get("--accent"), soft: get("--soft"),
    sans: get("--sans"), texture: get("--texture"), heritage: get("--heritage"),
  };
  sprites.clear();
}

const sizeOf = (row) => (row.population >= 300_000 ? 1.38 : SIZES[row.kind] ?? 0.8);
const colourOf = (holder) => {
  const look = lookOf(holder);
  return look ? colours.hues[look.hue % 7] : colours.none;
};
const pathOf = (holder) => PATHS[(lookOf(holder)?.shape ?? 0) % 8];

const sprites = new Map();
function sprite(mark, scale, outline) {
  const step = Math.ceil(Math.max(mark.sure, 0.08) * STEPS);
  const look = lookOf(mark.holder);
  const key = `${look ? look.hue * 8 + look.shape : "-"}|${mark.holder ? 1 : 0}${mark.contested ? 1 : 0}${mark.besieged ? 1 : 0}${mark.status === "partly held" ? 1 : 0}${outline ? 1 : 0}|${step}|${scale.toFixed(2)}`;
  let found = sprites.get(key);
  if (!found) {
    const ratio = devicePixelRatio || 1;
    const dots = Math.ceil((mark.contested || mark.besieged ? 32 : 20) * scale * ratio);
    found = document.createElement("canvas");
    found.width = found.height = dots;
    found.side = dots / ratio;
    const pen = found.getContext("2d");
    pen.scale(ratio, ratio);
    pen.translate(found.side / 2, found.side / 2);
    pen.scale(scale, scale);
    paint(pen, mark, step / STEPS, outline);
    if (sprites.size > 3000) sprites.clear();
    sprites.set(key, found);
  }
  return found;
}

function paint(pen, mark, sure, outline) {
  const colour = colourOf(mark.holder);
  pen.lineJoin = "round";
  if (!mark.holder) {
    pen.fillStyle = colours.card; pen.strokeStyle = colours.none; pen.lineWidth = 1.6;
    pen.beginPath(); pen.arc(0, 0, 5.4, 0, 7); pen.fill(); pen.stroke();
    pen.fillStyle = colours.none; pen.font = `700 8px ${colours.sans}`; pen.textAlign = "center"; pen.textBaseline = "middle";
    pen.fillText("?", 0, 0.4);
  } else {
    const path = pathOf(mark.holder);
    pen.fillStyle = colours.card; pen.beginPath(); pen.arc(0, 0, 9, 0, 7); pen.globalAlpha = 0.85; pen.fill();
    pen.fillStyle = colour; pen.strokeStyle = colour;
    if (!outline) {
      pen.globalAlpha = 0.12 + 0.88 * sure;
      if (mark.status === "partly held") { pen.save(); pen.beginPath(); pen.rect(-10, 0, 20, 10); pen.clip(); pen.fill(path); pen.restore(); }
      else pen.fill(path);
      weave(pen, path, lookOf(mark.holder)?.hue ?? 0);
    }
    pen.globalAlpha = 0.45 + 0.55 * sure; pen.lineWidth = outline ? 2.4 : 1.6; pen.stroke(path);
    pen.globalAlpha = 1;
  }
  if (mark.contested) { pen.strokeStyle = colours.ink; pen.lineWidth = 1.7; pen.beginPath(); pen.arc(0, 0, 10.6, 0, 7); pen.stroke(); }
  if (mark.besieged) { pen.strokeStyle = colours.ink; pen.lineWidth = 2; pen.setLineDash([3.4, 2.7]); pen.beginPath(); pen.arc(0, 0, 13.4, 0, 7); pen.stroke(); pen.setLineDash([]); }
}

// The texture of a hue, within a shape.
function weave(pen, path, hue) {
  pen.save();
  pen.clip(path);
  pen.strokeStyle = colours.texture; pen.globalAlpha = 1; pen.lineWidth = 1.5; pen.lineCap = "round";
  pen.stroke(WOVEN[hue % 7]);
  pen.restore();
}

// Shown: { spots, those of most claims last, chosen, hovered, events, sites, area, names }. A spot: { row, marks, before?, dim }.
export function draw(canvas, project, zoom, shown) {
  const started = performance.now();
  const ratio = devicePixelRatio || 1;
  const wide = canvas.clientWidth, high = canvas.clientHeight;
  if (canvas.width !== Math.round(wide * ratio) || canvas.height !== Math.round(high * ratio)) {
    canvas.width = Math.round(wide * ratio);
    canvas.height = Math.round(high * ratio);
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, wide, high);
  const near = Math.min(Math.max(0.52 + (zoom - 3) * 0.13, 0.5), 1.25);
  const hits = [];
  const places = [];
  for (const spot of shown.spots) {
    const [x, y] = project(spot.row.lon, spot.row.lat);
    if (x < -20 || y < -20 || x > wide + 20 || y > high + 20) continue;
    const scale = Math.round(near * sizeOf(spot.row) * 20) / 20;
    places.push({ x, y, spot, scale });
  }
  for (const site of shown.sites) {
    const [x, y] = project(site.lon, site.lat);
    if (x < -10 || y < -10 || x > wide + 10 || y > high + 10) continue;
    temple(pen, x, y, near, site.hit);
    hits.push({ x, y, reach: 9, site });
  }
  for (const arrow of shown.arrows) advance(pen, project(...arrow.from), project(...arrow.to), colourOf(arrow.actor), arrow.sure);
  for (const { x, y, spot, scale } of places) {
    pen.globalAlpha = spot.dim ? 0.16 : 1;
    if (spot.before !== undefined && !spot.dim) halves(pen, x, y, spot, scale, ratio);
    else if (!spot.marks.length) { pen.fillStyle = colours.land; pen.strokeStyle = colours.none; pen.lineWidth = 1; pen.beginPath(); pen.arc(x, y, 2.6, 0, 7); pen.fill(); pen.stroke(); }
    else {
      const many = spot.marks.length;
      spot.marks.forEach((mark, at) => {
        const image = sprite(mark, mark.small ? scale * 0.66 : scale, mark.outline);
        const step = 13 * scale;
        const dx = mark.small ? 11 * scale + (at - 1) * 10 * scale : (at - (many - 1) / 2) * step;
        const dy = mark.small ? 9 * scale : 0;
        stamp(pen, image, x + (spot.both ? (mark.small ? dx : 0) : dx), y + dy, ratio);
      });
    }
    hits.push({ x, y, reach: 12 * scale + 3, spot });
    if (spot.row.id === shown.chosen || spot.row.id === shown.hovered) {
      pen.globalAlpha = 1; pen.strokeStyle = colours.accent; pen.lineWidth = spot.row.id === shown.chosen ? 3 : 2;
      pen.beginPath(); pen.arc(x, y, 16 * scale, 0, 7); pen.stroke();
    }
  }
  pen.globalAlpha = 1;
  for (const sign of clusters(shown.events, project, wide, high)) { happening(pen, sign); hits.push({ x: sign.x, y: sign.y, reach: 12, events: sign.events }); }
  if (shown.names) labels(pen, places, wide, high, zoom, shown.chosen, shown.towns.map((town) => [...project(town.lon, town.lat), town.name]));
  if (shown.area) {
    const [[west, south], [east, north]] = shown.area;
    const [x0, y0] = project(west, north), [x1, y1] = project(east, south);
    pen.strokeStyle = colours.accent; pen.setLineDash([6, 4]); pen.lineWidth = 2; pen.strokeRect(x0, y0, x1 - x0, y1 - y0); pen.setLineDash([]);
  }
  canvas.dataset.marks = String(places.length);
  canvas.dataset.drawn = String(Math.round((performance.now() - started) * 10) / 10);
  return hits;
}

// An advance: a bent line that stops short of the place, and a head.
function advance(pen, [x0, y0], [x1, y1], colour, sure) {
  const far = Math.hypot(x1 - x0, y1 - y0);
  if (far < 26) return;
  const stop = (far - 16) / far, ex = x0 + (x1 - x0) * stop, ey = y0 + (y1 - y0) * stop;
  const bend = Math.min(far * 0.14, 30), cx = (x0 + ex) / 2 - (y1 - y0) / far * bend, cy = (y0 + ey) / 2 + (x1 - x0) / far * bend;
  const turn = Math.atan2(ey - cy, ex - cx), head = (by) => [ex - 11 * Math.cos(turn + by), ey - 11 * Math.sin(turn + by)];
  pen.save();
  pen.lineCap = "round";
  for (const [stroke, width, alpha] of [[colours.card, 6, 0.8], [colour, 3, 0.35 + 0.65 * sure]]) {
    pen.strokeStyle = stroke; pen.lineWidth = width; pen.globalAlpha = alpha;
    pen.beginPath(); pen.moveTo(x0, y0); pen.quadraticCurveTo(cx, cy, ex, ey); pen.moveTo(...head(0.5)); pen.lineTo(ex, ey); pen.lineTo(...head(-0.5)); pen.stroke();
  }
  pen.restore();
}

// An image around a point, its dots on dots of the screen: whatever lies between them costs three times as much to draw.
function stamp(pen, image, x, y, ratio) {
  pen.drawImage(image, Math.round((x - image.side / 2) * ratio) / ratio, Math.round((y - image.side / 2) * ratio) / ratio, image.side, image.side);
}

// What changed between two days: the earlier state on the left, the later on the right.
function halves(pen, x, y, spot, scale, ratio) {
  for (const [mark, left] of [[spot.before, true], [spot.marks[0], false]]) {
    pen.save();
    pen.beginPath();
    pen.rect(left ? x - 20 : x, y - 20, 20, 40);
    pen.clip();
    if (mark) { stamp(pen, sprite(mark, scale, false), x, y, ratio); }
    else { pen.fillStyle = colours.land; pen.strokeStyle = colours.none; pen.beginPath(); pen.arc(x, y, 4, 0, 7); pen.fill(); pen.stroke(); }
    pen.restore();
  }
  pen.strokeStyle = colours.ink; pen.lineWidth = 1; pen.beginPath(); pen.moveTo(x, y - 11 * scale); pen.lineTo(x, y + 11 * scale); pen.stroke();
}

function labels(pen, places, wide, high, zoom, chosen, towns) {
  const taken = new Map();
  const cell = 40;
  const free = (box) => {
    for (let i = Math.floor(box[0] / cell); i <= Math.floor(box[2] / cell); i++)
      for (let j = Math.floor(box[1] / cell); j <= Math.floor(box[3] / cell); j++)
        for (const other of taken.get(i * 4096 + j) || []) if (box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]) return false;
    return true;
  };
  const take = (box) => {
    for (let i = Math.floor(box[0] / cell); i <= Math.floor(box[2] / cell); i++)
      for (let j = Math.floor(box[1] / cell); j <= Math.floor(box[3] / cell); j++) {
        const key = i * 4096 + j;
        if (!taken.has(key)) taken.set(key, []);
        taken.get(key).push(box);
      }
  };
  // Places come with those of most claims last.
  const ordered = places.filter((one) => !one.spot.dim).reverse();
  const first = ordered.findIndex((one) => one.spot.row.id === chosen);
  if (first > 0) ordered.unshift(...ordered.splice(first, 1));
  for (const { x, y, scale } of ordered.slice(0, 400)) take([x - 7 * scale, y - 7 * scale, x + 7 * scale, y + 7 * scale]);
  const most = zoom < 4 ? 24 : zoom < 6 ? 48 : 120;
  let drawn = 0;
  pen.lineJoin = "round"; pen.textBaseline = "middle";
  for (const { x, y, spot, scale } of ordered) {
    if (drawn >= most) break;
    const size = spot.row.claims > 20 ? 13 : 12;
    pen.font = `600 ${size}px ${colours.sans}`;
    const name = spot.row.name;
    const width = pen.measureText(name).width;
    const reach = spot.row.id === chosen ? 16 : spot.marks.some((mark) => mark.besieged) ? 14 : 11; // of the rings around it
    const off = reach * scale + 3 + (spot.marks.length > 1 ? 7 * (spot.marks.length - 1) : 0);
    for (const [bx, by] of [[x + off, y], [x - off - width, y], [x - width / 2, y + off + 4], [x - width / 2, y - off - 4]]) {
      const box = [bx - 3, by - size * 0.62, bx + width + 3, by + size * 0.62];
      if (box[0] < 0 || box[2] > wide || box[1] < 0 || box[3] > high || !free(box)) continue;
      take(box);
      pen.strokeStyle = colours.land; pen.lineWidth = 3.5; pen.globalAlpha = 0.9; pen.strokeText(name, bx, by);
      pen.globalAlpha = 1; pen.fillStyle = colours.ink; pen.fillText(name, bx, by);
      drawn++;
      break;
    }
  }
  pen.font = `400 11px ${colours.sans}`;
  let helped = 0;
  for (const [x, y, name] of towns) {
    if (helped >= 16) break;
    if (x < 8 || y < 8 || x > wide - 8 || y > high - 8 || places.some((one) => Math.hypot(one.x - x, one.y - y) < 14)) continue;
    const box = [x - 5, y - 8, x + 9 + pen.measureText(name).width, y + 8];
    if (box[2] > wide || !free(box)) continue;
    take([box[0] - 50, box[1] - 30, box[2] + 50, box[3] + 30]);
    helped++;
    pen.strokeStyle = colours.soft; pen.lineWidth = 1; pen.beginPath(); pen.arc(x, y, 1.8, 0, 7); pen.stroke();
    pen.strokeStyle = colours.land; pen.lineWidth = 2.5; pen.strokeText(name, x + 5, y);
    pen.fillStyle = colours.soft; pen.fillText(name, x + 5, y);
  }
}

function clusters(events, project, wide, high) {
  const cells = new Map();
  for (const event of events) {
    if (event.lat === null) continue;
    const [x, y] = project(event.lon, event.lat);
    if (x < 0 || y < 0 || x > wide || y > high) continue;
    const key = `${Math.floor(x / CLUSTER)}:${Math.floor(y / CLUSTER)}`;
    const sign = cells.get(key) || { x: 0, y: 0, events: [] };
    sign.x += x; sign.y += y; sign.events.push(event);
    cells.set(key, sign);
  }
  return [...cells.values()].map((sign) => ({ x: sign.x / sign.events.length + 12, y: sign.y / sign.events.length - 12, events: sign.events }));
}

export const eventSign = (type) =>
  /clash/i.test(type) ? "clash" : /Air|drone/i.test(type) ? "air" : /Shelling|artillery/i.test(type) ? "shell"
    : /bomb|explosive|mine|Grenade|Chemical/i.test(type) ? "bomb" : /Attack|Abduction|Sexual|Mob|Excessive/i.test(type) ? "harm" : /Agreement|transfer/i.test(type) ? "deal" : "other";
export const SIGNS = {
  clash: "M-4-4 4 4M4-4-4 4", air: "M0 4.5-4.5-3.5H4.5z", shell: "M0-5V5M-5 0H5M-3.4-3.4 3.4 3.4M3.4-3.4-3.4 3.4",
  bomb: "M3.6 1A3.6 3.6 0 1 1-3.6 1A3.6 3.6 0 1 1 3.6 1zM1.5-3.5 3.5-5.5", harm: "M0-4.5V1M0 3.4V4.4", deal: "M-4.5 0-1.5 3.2 4.5-3.6", other: "M2 0A2 2 0 1 1-2 0A2 2 0 1 1 2 0z",
};
const SIGN_PATHS = Object.fromEntries(Object.entries(SIGNS).map(([name, path]) => [name, new Path2D(path)]));

function happening(pen, sign) {
  const kinds = new Set(sign.events.map((event) => eventSign(event.type)));
  pen.save();
  pen.translate(sign.x, sign.y);
  pen.fillStyle = colours.card; pen.strokeStyle = colours.accent; pen.lineWidth = 1.4;
  pen.beginPath(); pen.arc(0, 0, 8.6, 0, 7); pen.fill(); pen.stroke();
  pen.lineWidth = 1.8; pen.lineCap = "round";
  pen.stroke(SIGN_PATHS[kinds.size === 1 ? [...kinds][0] : "other"]);
  if (sign.events.length > 1) {
    const text = sign.events.length > 99 ? "99+" : String(sign.events.length);
    pen.font = `700 9.5px ${colours.sans}`; pen.textAlign = "center"; pen.textBaseline = "middle";
    const width = pen.measureText(text).width + 7;
    pen.fillStyle = colours.accent; pen.beginPath(); pen.roundRect(5, -14, width, 12, 6); pen.fill();
    pen.fillStyle = colours.card; pen.fillText(text, 5 + width / 2, -7.8);
  }
  pen.restore();
}

function temple(pen, x, y, near, hit) {
  pen.save();
  pen.translate(x, y);
  const size = hit ? near : near * 0.72;
  pen.scale(size, size);
  pen.globalAlpha = hit ? 1 : 0.45;
  pen.strokeStyle = colours.heritage; pen.fillStyle = hit ? colours.heritage : colours.card; pen.lineWidth = 1.3; pen.lineJoin = "round";
  pen.beginPath(); pen.moveTo(-7, -3); pen.lineTo(0, -8); pen.lineTo(7, -3); pen.closePath(); pen.fill(); pen.stroke();
  pen.beginPath(); for (const column of [-4.6, 0, 4.6]) { pen.moveTo(column, -2); pen.lineTo(column, 4.5); } pen.moveTo(-7, 5.6); pen.lineTo(7, 5.6); pen.stroke();
  pen.restore();
}
