// Talking to the studio, and making parts of the page. Text from records is only ever set as text.

export class Refusal extends Error {
  constructor(error, status) {
    super(error.what);
    Object.assign(this, error, { status });
  }
}

async function answer(promise) {
  let response;
  try {
    response = await promise;
  } catch {
    throw new Refusal({ what: "The studio does not answer", place: "", remedy: "Is it still running in the terminal?" }, 0);
  }
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  const value = isJson ? await response.json() : await response.text();
  if (response.ok) return value;
  throw new Refusal(isJson && value.error ? value.error : { what: String(value).trim(), place: "", remedy: "" }, response.status);
}

export const get = (path) => answer(fetch(path));

export const post = (action, body) =>
  answer(fetch(`/api/${action}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }));

export const upload = (file) =>
  answer(fetch(`/api/file?name=${encodeURIComponent(file.name)}`, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file }));

export const $ = (id) => document.getElementById(id);

export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "class") made.className = value;
    else if (key === "value") made.value = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export const count = (number) => Number(number).toLocaleString("en");

export function toast(text, { bad = false, place = "", action = null } = {}) {
  const box = el("div", { class: bad ? "toast bad" : "toast" }, el("span", {}, text, place ? el("code", {}, place) : null));
  if (action) box.append(el("button", { type: "button", onclick: () => { box.remove(); action.run(); } }, action.label));
  if (bad) box.append(el("button", { type: "button", onclick: () => box.remove() }, "Close"));
  $("toasts").append(box);
  while ($("toasts").children.length > 3) $("toasts").firstChild.remove();
  setTimeout(() => box.remove(), bad ? 12000 : 5000);
}

export function complain(error) {
  if (!(error instanceof Refusal)) throw error;
  toast(`${error.what}. ${error.remedy}`.trim(), { bad: true, place: error.place });
}

// the stream of news: it comes back by itself when the studio was started again
export function follow(path, { onopen, onlost, ...listeners }) {
  let source = null;
  const connect = () => {
    source = new EventSource(path);
    source.addEventListener("open", () => onopen?.());
    for (const [name, listener] of Object.entries(listeners)) {
      source.addEventListener(name, (event) => listener(JSON.parse(event.data)));
    }
    source.addEventListener("error", () => {
      onlost?.();
      // a browser gives up after an answer that is no stream
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
    });
  };
  connect();
  window.addEventListener("pagehide", () => source.close());
}

export function dialogs() {
  for (const button of document.querySelectorAll("dialog [data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
}

export const typing = (event) => Boolean(event.target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select"));
