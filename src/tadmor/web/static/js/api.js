// Asks the server, which is the only place that anything is ever asked of.

const running = new Map();
let token = null;

// The token comes after the # of the link that `tadmor serve` prints, is kept for this tab and taken out of the address.
export function takeToken() {
  const found = new URLSearchParams(location.hash.slice(1)).get("token");
  if (found) {
    sessionStorage.setItem("token", found);
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  token = sessionStorage.getItem("token");
}
export const mayWrite = () => token !== null;

export class Problem extends Error {}

function query(params) {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(params || {})) {
    if (value === null || value === undefined || value === "" || value === false) continue;
    for (const one of Array.isArray(value) ? value : [value]) found.append(name, one);
  }
  const text = found.toString();
  return text ? "?" + text : "";
}

export const address = (path, params) => `/api/${path}${query(params)}`;

async function told(answer) {
  if (answer.ok) return answer.json();
  let message = `${answer.status}`;
  try { message = (await answer.json()).error ?? message; } catch { /* no words came with it */ }
  throw new Problem(message);
}

// A later question on the same channel takes the place of an earlier one, which then never settles.
export async function ask(path, params, channel = null) {
  let signal;
  if (channel) {
    running.get(channel)?.abort();
    const control = new AbortController();
    running.set(channel, control);
    signal = control.signal;
  }
  try {
    return await told(await fetch(address(path, params), { signal, headers: { accept: "application/json" } }));
  } catch (error) {
    if (error.name === "AbortError") return new Promise(() => {});
    if (error instanceof Problem) throw error;
    throw new Problem("offline");
  }
}

// A file to take away, and its name.
export async function file(path, params) {
  let answer;
  try { answer = await fetch(address(path, params)); } catch { throw new Problem("offline"); }
  if (!answer.ok) return told(answer);
  const name = /filename\*?=(?:utf-8'')?"?([^";]+)/i.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? path;
  return { blob: await answer.blob(), name: decodeURIComponent(name) };
}

async function send(path, body, kind, write, signal = undefined) {
  const headers = { "content-type": kind };
  if (write && token) headers.authorization = `Bearer ${token}`;
  try {
    const answer = await fetch(`/api/${path}`, { method: "POST", headers, body, signal });
    return answer.ok ? answer : await told(answer);
  } catch (error) {
    if (error instanceof Problem || error.name === "AbortError") throw error;
    throw new Problem("offline");
  }
}

export const post = async (path, body, write = false) => (await send(path, JSON.stringify(body), "application/json", write)).json();

// Sends a file, to be read by and by; what the server calls it.
export const upload = async (sent, signal) => (await send(`files${query({ name: sent.name })}`, sent, "application/octet-stream", true, signal)).json();

// Starts work that takes long; `act` is told how far it has got, by server-sent events, until it is done.
export async function follow(path, body, act, signal) {
  const answer = await send(path, JSON.stringify(body), "application/json", true, signal);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; ;) {
    const { value, done } = await reader.read();
    if (done) throw new Problem("offline");
    const blocks = (text + value).split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
      if (name === "done") return JSON.parse(data);
      if (name === "problem") throw new Problem(JSON.parse(data).error);
      if (name === "progress") act(JSON.parse(data));
    }
  }
}
