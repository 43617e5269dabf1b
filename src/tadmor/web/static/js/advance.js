// Where parties are said to advance, as arrows. Reports tell whereto, seldom wherefrom: an arrow comes from the nearest
// place that the party is found to hold, and where there is none near there is no arrow.

const NEAR = 250; // km

export function advances(events, rows, marks) {
  const held = new Map();
  for (const mark of marks) if (mark.part === null && mark.claimed_by === null && mark.holder) held.set(mark.place, mark.holder);
  return events.flatMap((event) => {
    const [actor] = event.actors;
    const from = actor && nearest(event, rows.filter((row) => row.id !== event.place && row.lat !== null && row.level === "place" && held.get(row.id) === actor));
    return from ? [{ actor, from: [from.lon, from.lat], to: [event.lon, event.lat], sure: event.sure }] : [];
  });
}

function nearest(to, rows) {
  let best = null, least = NEAR;
  for (const row of rows) {
    const gap = distance(to, row);
    if (gap < least) { least = gap; best = row; }
  }
  return best;
}

// Of two points near each other, in km.
const distance = (one, other) => 111.2 * Math.hypot(one.lat - other.lat, (one.lon - other.lon) * Math.cos(one.lat * Math.PI / 180));
