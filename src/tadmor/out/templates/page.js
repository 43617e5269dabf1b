"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const $ = id => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const SVG = "http://www.w3.org/2000/svg";
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  // Fields of a spell, as page.py writes them.
  const [BEGIN, END, HOLDER, CONTESTED, BESIEGED, SURE, ID, STATE, SINCE] = [0, 1, 2, 3, 4, 5, 6, 7, 8];

  root.classList.add("js");
  let day = data.last, theatre = null, layer = "assessed", whose = "", chosen = null, playing = null;
  let first = data.first, last = data.last;

  // --- days and words

  const iso = d => new Date(d * 864e5).toISOString().slice(0, 10);
  const words = d => { const t = new Date(d * 864e5); return `${t.getUTCDate()} ${MONTHS[t.getUTCMonth()]} ${t.getUTCFullYear()}`; };
  const percent = p => `${Math.min(99, Math.max(1, Math.round(p * 100)))}\u202f%`;
  const band = p => data.bands.find(([least]) => p < least)[1];

  // --- what is so on a day

  const inForce = (spells, d) => {
    let found = null;
    for (const spell of spells) if (spell[BEGIN] <= d) found = spell; else break;
    return found && (found[END] === null || d < found[END]) ? found : null;
  };
  const sure = (unit, spell, d) =>
    spell[END] === null && unit.spoken !== null && d > unit.spoken ? spell[SURE] * 0.5 ** ((d - unit.spoken) / data.half) : spell[SURE];
  const stale = (unit, spell) => spell[END] === null && unit.spoken !== null && day - unit.spoken > data.half;
  // Spells in force, each with whose word it is and how pale it is drawn.
  const states = unit => {
    if (layer === "assessed") {
      const spell = inForce(unit.assessed, day);
      return spell ? [{ spell, side: null, sure: sure(unit, spell, day) }] : [];
    }
    return unit.claimed.filter(([side]) => !whose || side === whose)
      .map(([side, spells]) => ({ side, spell: inForce(spells, day), sure: 1 })).filter(one => one.spell);
  };

  // --- drawing

  const dress = (use, holder, opacity) => {
    const look = holder === null ? null : data.holders[holder];
    use.setAttribute("class", "glyph " + (look ? "hue" + look[1] : "nobody"));
    use.setAttribute("href", "#g" + (look ? look[2] : "q"));
    if (opacity !== undefined) use.setAttribute("fill-opacity", opacity);
  };
  const seat = (mark, at, of) => {
    // Holders that sides disagree about stand side by side on one mark.
    const use = mark.uses[at] || (mark.uses[at] = mark.node.insertBefore(mark.uses[0].cloneNode(), mark.uses[at - 1].nextSibling));
    const size = of === 1 ? 18 : 13;
    use.setAttribute("x", of === 1 ? -9 : (at - (of - 1) / 2) * 11 - size / 2);
    use.setAttribute("y", -size / 2); use.setAttribute("width", size); use.setAttribute("height", size);
    use.removeAttribute("display");
    return use;
  };
  const marks = new Map(), rows = new Map();
  for (const node of all(".mark")) {
    const list = marks.get(+node.dataset.unit) || [];
    list.push({ node, uses: [node.querySelector("use")], title: node.querySelector("title") });
    marks.set(+node.dataset.unit, list);
  }
  for (const node of all(".board li[data-unit]:not(#changes li)")) {
    rows.set(+node.dataset.unit, {
      node, use: node.querySelector("use"), svg: node.querySelector("svg"), sure: node.querySelector(".sure"),
      is: node.querySelector(".is"), word: node.querySelector(".word"), disputed: node.querySelector(".disputed"),
    });
  }
  const changes = all("#changes li");
  const lines = data.units.map((_, number) => document.querySelector(`#u${number} .nowline line`));
  let lit = [];

  const drawMark = (mark, unit, found, name) => {
    const holders = [...new Set(found.map(one => one.spell[HOLDER]))].slice(0, 3);
    const kind = mark.node.classList;
    kind.toggle("none", !found.length);
    kind.toggle("contested", found.some(one => one.spell[CONTESTED]));
    kind.toggle("besieged", found.some(one => one.spell[BESIEGED]));
    holders.forEach((holder, at) => dress(seat(mark, at, holders.length), holder, (0.15 + 0.85 * found[0].sure).toFixed(2)));
    mark.uses.slice(Math.max(holders.length, 1)).forEach(use => use.setAttribute("display", "none"));
    mark.title.textContent = `${name}: ${found.length ? found.map(tell).join("; ") : "nothing known"}`;
  };
  const tell = one => (one.side ? `${one.side}: ` : "") + one.spell[STATE];
  const drawRow = (row, unit, found) => {
    // A part that nobody has spoken of for long is no news: its strip still shows it.
    const old = unit.part && layer === "assessed" && found.length && stale(unit, found[0].spell);
    row.node.hidden = !found.length || old;
    if (row.node.hidden) return;
    if (row.disputed) row.disputed.hidden = !unit.disputed.some(([from, to]) => from <= day && day <= to);
    const [one] = found, agreed = new Set(found.map(each => each.spell[HOLDER])).size === 1;
    row.svg.setAttribute("class", "g");
    dress(row.use, agreed ? one.spell[HOLDER] : null);
    if (!agreed) row.use.setAttribute("href", "#gx");
    row.is.replaceChildren();
    if (layer === "assessed") {
      row.is.append(one.spell[STATE], document.createElement("br"), one.spell[SINCE]);
      row.sure.textContent = percent(one.sure);
      row.word.textContent = stale(unit, one.spell) ? `last heard of ${words(unit.spoken)}` : band(one.sure);
    } else {
      found.forEach((each, at) => {
        if (at) row.is.append(document.createElement("br"));
        const who = document.createElement("b"); who.style.font = "inherit"; who.style.fontWeight = "600"; who.textContent = each.side;
        row.is.append(who, ": ", each.spell[STATE]);
      });
      row.sure.textContent = ""; row.word.textContent = agreed ? "claimed" : "claims differ";
    }
  };

  const draw = () => {
    $("today").textContent = words(day);
    $("slider").value = day; $("slider").setAttribute("aria-valuetext", words(day));
    $("date").value = iso(day);
    all(".shown-day").forEach(node => { node.textContent = words(day); });
    all(".layer-name").forEach(node => { node.textContent = layer === "assessed" ? "as assessed" : whose ? `as ${whose} claims` : "as each side claims"; });
    lit.forEach(node => node.classList.remove("today", "chosen"));
    lit = [];
    data.units.forEach((unit, number) => {
      const found = states(unit);
      (marks.get(number) || []).forEach(mark => drawMark(mark, unit, found, unit.name));
      if (rows.has(number)) drawRow(rows.get(number), unit, found);
      for (const one of found) {
        const article = $(one.spell[ID]), bar = bars.get(one.spell[ID]);
        if (article) { article.classList.add("today"); lit.push(article); }
        if (bar) { bar.classList.add("chosen"); lit.push(bar); }
      }
      const line = lines[number];
      if (line) {
        const x = (day - unit.axis[0]) / unit.axis[1] * 100;
        const shown = x >= 0 && x <= 100;
        line.setAttribute("display", shown ? "inline" : "none");
        if (shown) { line.setAttribute("x1", x + "%"); line.setAttribute("x2", x + "%"); }
      }
    });
    for (const section of all("section.theatre")) {
      const none = section.querySelector(".nothing");
      if (none) none.hidden = !!section.querySelector(".board li:not([hidden])");
    }
    let seen = 0;
    for (const item of changes) item.hidden = +item.dataset.day > day || seen++ >= 14;
    explain();
  };
  const bars = new Map(all(".bar").map(node => [node.dataset.spell, node]));

  // --- why: the spell in force at the chosen place, with its quotes

  const explain = () => {
    const panel = $("why");
    all(".mark.chosen, li.chosen").forEach(node => node.classList.remove("chosen"));
    panel.hidden = chosen === null;
    if (chosen === null) return;
    (marks.get(chosen) || []).forEach(mark => mark.node.classList.add("chosen"));
    if (rows.has(chosen)) rows.get(chosen).node.classList.add("chosen");
    const unit = data.units[chosen], found = states(unit);
    const head = document.createElement("header"), title = document.createElement("h3"), name = document.createElement("bdi"), more = document.createElement("a");
    name.textContent = unit.name;
    title.append(name, ` on ${words(day)}`);
    more.href = `#u${chosen}`; more.textContent = "Whole history ↓"; more.dataset.jump = "";
    head.append(title, more);
    panel.replaceChildren(head);
    if (!found.length) panel.append(layer === "assessed" ? "Nothing is known of this place on this day." : "No side claims anything about it by this day.");
    for (const one of found) {
      const article = $(one.spell[ID]);
      if (!article) continue;
      if (one.side) { const side = document.createElement("h4"); side.textContent = `${one.side} claims`; panel.append(side); }
      const copy = article.cloneNode(true);
      copy.removeAttribute("id"); copy.classList.remove("today");
      all("details", copy).forEach(node => { node.open = true; });
      all(".teaser", copy).forEach(node => node.remove());
      panel.append(copy);
      if (one.side === null && one.spell[END] === null && unit.spoken !== null && day > unit.spoken) {
        const aged = document.createElement("p"); aged.className = "aged";
        aged.textContent = `Nobody has spoken of it since ${words(unit.spoken)}: on ${words(day)} that leaves ${percent(one.sure)}.`;
        copy.querySelector(".spell-head").after(aged);
      }
    }
  };
  const choose = number => {
    chosen = number === chosen ? null : number;
    explain();
    if (chosen !== null) $("why").scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  };

  // --- theatres

  const turns = t => [...new Set(data.units.filter(unit => t === null || unit.theatre === t)
    .flatMap(unit => unit.assessed.map(spell => spell[BEGIN])))].filter(d => d !== null).sort((a, b) => a - b);
  let stops = [];
  // Where to begin: the last day; or, where little was said of late, the last day of the fullest half year.
  const telling = one => {
    let best = last, most = 0, low = 0;
    const late = one.said.filter(d => d > one.last - 183).length;
    one.said.forEach((d, at) => {
      while (one.said[low] < d - 183) low++;
      if (at - low + 1 >= most) { most = at - low + 1; best = d; }
    });
    return late * 4 < most ? best : last;
  };
  const histogram = said => {
    const svg = $("said"), bins = 200, counts = new Array(bins).fill(0), span = Math.max(last - first, 1);
    for (const d of said) counts[Math.min(bins - 1, Math.max(0, Math.floor((d - first) / span * bins)))]++;
    const most = Math.max(...counts, 1);
    let path = "";
    counts.forEach((count, at) => { if (count) path += `M${at * 1000 / bins} 30v${-(4 + 22 * Math.sqrt(count / most)).toFixed(1)}h${(1000 / bins - 0.8).toFixed(1)}V30z`; });
    const bar = document.createElementNS(SVG, "path"), turn = document.createElementNS(SVG, "path");
    bar.setAttribute("class", "said"); bar.setAttribute("d", path);
    turn.setAttribute("class", "turn"); turn.setAttribute("vector-effect", "non-scaling-stroke");
    turn.setAttribute("d", stops.filter(d => d >= first && d <= last).map(d => `M${((d - first) / span * 1000).toFixed(1)} 0v6`).join(""));
    svg.replaceChildren(bar, turn);
  };
  const show = (wanted, { keep = false } = {}) => {
    theatre = wanted;
    const one = theatre === null ? null : data.theatres[theatre];
    first = one ? one.first : data.first; last = one ? one.last : data.last;
    stops = turns(theatre);
    if (!keep) day = one ? telling(one) : last;
    day = Math.min(Math.max(day, first), last);
    const key = theatre === null ? "all" : String(theatre);
    all("section.theatre").forEach(node => { node.hidden = node.dataset.theatre !== key; });
    all("#tabs button").forEach(node => node.setAttribute("aria-pressed", String(node.dataset.theatre === key)));
    const slider = $("slider");
    slider.min = first; slider.max = last;
    $("date").min = iso(first); $("date").max = iso(last);
    $("from").textContent = words(first); $("to").textContent = words(last);
    histogram(one ? one.said : data.theatres.flatMap(each => each.said));
    $("every").hidden = theatre === null;
    if (chosen !== null && data.units[chosen].theatre !== theatre) chosen = null;
    filter(); draw();
  };

  // --- filter

  const fold = text => text.normalize("NFKD").replace(/[\u0300-\u036f'\u2019\u02bb-]/g, "").toLowerCase();
  const filter = () => {
    const wanted = fold($("find").value.trim());
    let count = 0;
    const used = new Set();
    for (const card of all(".card")) {
      const fits = wanted ? fold(card.dataset.name).includes(wanted) : theatre === null || +card.dataset.theatre === theatre;
      card.hidden = !fits;
      if (fits) { count++; used.add(card.dataset.theatre); }
    }
    all(".theatre-name").forEach(node => { node.hidden = !used.has(node.dataset.theatre); });
    $("found").textContent = `${count} ${count === 1 ? "place" : "places"} shown`;
  };

  // --- closer: the drawing is magnified, marks and names keep their size

  const closer = chart => {
    const svg = chart.querySelector("svg[viewBox]"), [, , WIDE, HIGH] = svg.getAttribute("viewBox").split(" ").map(Number);
    const [nearer, farther] = all(".zoom button", chart);
    const leaders = all(".to-home", svg).map(line => ({ line, x: +line.getAttribute("x2"), y: +line.getAttribute("y2"), hx: +line.getAttribute("x1"), hy: +line.getAttribute("y1") }));
    const placed = all(".mark", svg).map(node => {
      const [x, y, size = 1] = node.getAttribute("transform").match(/[-\d.]+/g).map(Number);
      const leader = leaders.find(one => one.x === x && one.y === y);
      return { node, x, y, size, hx: leader ? leader.hx : x, hy: leader ? leader.hy : y, text: node.querySelector("text"), minor: "minor" in node.dataset };
    });
    // A part stands beside its place, and moves with it.
    for (const part of placed) if (part.node.dataset.whole === undefined) {
      const place = placed.find(one => one !== part && one.node.dataset.whole !== undefined && one.node.dataset.place === part.node.dataset.place);
      if (place) { part.hx = place.hx; part.hy = place.hy; }
    }
    const fixed = all(".town", svg).map(node => ({ node, at: node.querySelector("circle"), x: "cx", y: "cy" }))
      .concat(all(".country", svg).map(node => ({ node, at: node.querySelector("text"), x: "x", y: "y" })))
      .map(({ node, at, x, y }) => ({ node, x: +at.getAttribute(x), y: +at.getAttribute(y) }));
    const homes = all(".home", svg);
    let k = 1, cx = WIDE / 2, cy = HIGH / 2;
    const apply = moving => {
      cx = Math.min(Math.max(cx, WIDE / 2 / k), WIDE - WIDE / 2 / k);
      cy = Math.min(Math.max(cy, HIGH / 2 / k), HIGH - HIGH / 2 / k);
      svg.setAttribute("viewBox", `${cx - WIDE / 2 / k} ${cy - HIGH / 2 / k} ${WIDE / k} ${HIGH / k}`);
      svg.classList.toggle("zoomed", k > 1);
      for (const one of placed) one.node.setAttribute("transform", `translate(${one.hx + (one.x - one.hx) / k} ${one.hy + (one.y - one.hy) / k}) scale(${(one.minor ? Math.min(1, one.size * Math.sqrt(k)) : one.size) / k})`);
      for (const one of leaders) { one.line.setAttribute("x2", one.hx + (one.x - one.hx) / k); one.line.setAttribute("y2", one.hy + (one.y - one.hy) / k); }
      for (const one of fixed) one.node.setAttribute("transform", `translate(${one.x} ${one.y}) scale(${1 / k}) translate(${-one.x} ${-one.y})`);
      for (const one of homes) one.setAttribute("r", 1.6 / k);
      nearer.disabled = k > 20; farther.disabled = k <= 1;
      if (k > 1 && !moving) thin();
    };
    // Of the names that there was no room for from afar, those that now cover no other.
    const thin = () => {
      const late = placed.filter(one => one.text && one.text.classList.contains("late"));
      late.forEach(one => one.text.classList.remove("gone"));
      const taken = placed.map(one => [one, one.node.querySelector(".disc").getBoundingClientRect()])
        .concat(placed.filter(one => one.text && !late.includes(one)).map(one => [one, one.text.getBoundingClientRect()]));
      late.map(one => [one, one.text.getBoundingClientRect()]).reverse().forEach(([one, box]) => {
        const free = !taken.some(([whose, other]) => whose !== one && box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom);
        if (free) taken.push([one, box]); else one.text.classList.add("gone");
      });
    };
    const zoom = (by, x = cx, y = cy) => {
      const was = k;
      k = Math.min(Math.max(k * by, 1), 24);
      if (k < 1.05) k = 1;
      cx = x + (cx - x) * was / k; cy = y + (cy - y) * was / k;
      apply();
    };
    const spot = event => new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    chart.querySelector(".zoom").addEventListener("click", event => { const button = event.target.closest("button"); if (button) zoom(+button.dataset.zoom); });
    svg.addEventListener("dblclick", event => { const at = spot(event); event.preventDefault(); zoom(1.8, at.x, at.y); });
    svg.addEventListener("wheel", event => { if (event.ctrlKey) { const at = spot(event); event.preventDefault(); zoom(event.deltaY < 0 ? 1.25 : 0.8, at.x, at.y); } }, { passive: false });
    svg.addEventListener("keydown", event => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (way && k > 1) { cx += way[0] * WIDE / 8 / k; cy += way[1] * HIGH / 8 / k; apply(); event.preventDefault(); }
      else if (event.key === "+" || event.key === "-") zoom(event.key === "+" ? 1.6 : 0.625);
    });
    let held = null;
    svg.addEventListener("pointerdown", event => { if (k > 1 && !event.button) held = { x: event.clientX, y: event.clientY, cx, cy, moved: false }; });
    svg.addEventListener("pointermove", event => {
      if (!held) return;
      const pixel = svg.getBoundingClientRect().width / WIDE * k, dx = event.clientX - held.x, dy = event.clientY - held.y;
      if (!held.moved && Math.hypot(dx, dy) < 5) return;
      if (!held.moved) svg.setPointerCapture(event.pointerId);
      held.moved = true; cx = held.cx - dx / pixel; cy = held.cy - dy / pixel;
      apply(true);
    });
    const drop = () => { if (held && held.moved) thin(); held = null; };
    svg.addEventListener("pointerup", drop); svg.addEventListener("pointercancel", drop);
  };
  all(".chart").forEach(closer);

  // --- time

  const go = d => { day = Math.min(Math.max(d, first), last); draw(); };
  const jump = way => {
    const found = way > 0 ? stops.find(d => d > day) : stops.filter(d => d < day).pop();
    if (found !== undefined) go(found);
    return found !== undefined;
  };
  const stop = () => { clearInterval(playing); playing = null; $("play").textContent = "Play"; $("play").setAttribute("aria-label", "Play"); };
  const play = () => {
    if (playing) { stop(); return; }
    if (day >= last) day = first;
    $("play").textContent = "Stop"; $("play").setAttribute("aria-label", "Stop");
    // With less motion, from change to change; else so that the whole takes about half a minute.
    const step = Math.max(+$("step").value, Math.round((last - first) / 240));
    playing = setInterval(() => {
      if (calm ? !jump(1) : day >= last) stop();
      else if (!calm) go(day + step);
    }, calm ? 1500 : 120);
  };

  $("slider").addEventListener("input", event => { stop(); go(+event.target.value); });
  $("date").addEventListener("change", event => { const t = Date.parse(event.target.value); if (!Number.isNaN(t)) { stop(); go(Math.round(t / 864e5)); } });
  $("less").addEventListener("click", () => { stop(); go(day - +$("step").value); });
  $("more").addEventListener("click", () => { stop(); go(day + +$("step").value); });
  $("back").addEventListener("click", () => { stop(); jump(-1); });
  $("next").addEventListener("click", () => { stop(); jump(1); });
  $("play").addEventListener("click", play);
  $("tabs").addEventListener("click", event => {
    const button = event.target.closest("button");
    if (button) { stop(); show(button.dataset.theatre === "all" ? null : +button.dataset.theatre); }
  });
  $("every").addEventListener("click", () => show(null, { keep: true }));
  $("find").addEventListener("input", filter);
  for (const input of all("input[name=layer]")) input.addEventListener("change", () => {
    layer = input.value; root.classList.toggle("claimed-layer", layer === "claimed"); $("whose").hidden = layer !== "claimed"; draw();
  });
  const sides = [...new Set(data.units.flatMap(unit => unit.claimed.map(([side]) => side)))].sort();
  for (const side of ["", ...sides]) {
    const option = document.createElement("option");
    option.value = side; option.textContent = side || "every side";
    $("whose").append(option);
  }
  $("whose").addEventListener("change", event => { whose = event.target.value; draw(); });

  document.addEventListener("click", event => {
    const link = event.target.closest(".mark, .board .row");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const holder = link.matches(".mark") ? link : link.closest("li");
    event.preventDefault();
    const number = +holder.dataset.unit;
    if (holder.closest("#changes")) { day = +holder.dataset.day; show(data.units[number].theatre, { keep: true }); chosen = null; }
    else if (theatre === null) show(data.units[number].theatre, { keep: true });
    choose(number);
  });

  // A link leads to what it names even where that is filtered out or folded away.
  const reveal = () => {
    const target = location.hash.length > 1 && $(location.hash.slice(1));
    if (!target) return;
    const card = target.closest(".card");
    if (card && card.hidden) { $("find").value = ""; show(+card.dataset.theatre, { keep: true }); }
    for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    if (target.matches(".spell")) all("details", target).forEach(node => { node.open = true; });
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", () => all("details").forEach(node => { node.open = true; }));

  // --- events

  const table = $("happenings");
  if (table) {
    const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
    const value = (row, at) => { const cell = row.cells[at]; return cell.dataset.sort !== undefined ? cell.dataset.sort : cell.textContent; };
    heads.forEach((head, at) => {
      const button = head.querySelector("button");
      if (button) button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        heads.forEach(each => each.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const order = (a, b) => value(a, at).localeCompare(value(b, at), "en", { numeric: true }) * (up ? 1 : -1);
        body.append(...[...body.rows].sort(order));
      });
    });
    $("kind").addEventListener("change", event => { for (const row of body.rows) row.hidden = !!event.target.value && row.dataset.kind !== event.target.value; });
  }

  if (data.theatres.length) show(data.theatres.findIndex(one => one.drawn) < 0 ? 0 : data.theatres.findIndex(one => one.drawn));
  reveal();
})();
