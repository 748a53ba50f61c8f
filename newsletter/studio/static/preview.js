"use strict";

// The page: follows the events of the preview, shows the mail in a frame without scripts, keeps its scroll position.

const $ = (id) => document.getElementById(id);
const WIDTHS = { desktop: 700, phone: 375 };
const NARROWEST = 280;
const wide = window.matchMedia("(min-width: 760px)").matches;
const defaults = { view: "html", width: wide ? "desktop" : "full", scheme: "light" };
const view = { ...defaults };
let state = null;
let shown = { html: "", start: "" };

// --- what is looked at, kept in the address -------------------------------------------------------------------------

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  const allowed = { view: /^(html|text|source|message)$/, width: /^(desktop|phone|full|[1-9]\d{2,3})$/, scheme: /^(light|dark)$/ };
  for (const [name, pattern] of Object.entries(allowed)) {
    view[name] = pattern.test(given.get(name) ?? "") ? given.get(name) : defaults[name];
  }
  for (const input of document.querySelectorAll(".choice input")) {
    input.checked = view[input.name] === input.value;
  }
}

function choose(changes) {
  Object.assign(view, changes);
  const differing = Object.entries(view).filter(([name, value]) => value !== defaults[name]);
  const hash = new URLSearchParams(differing).toString();
  history.replaceState(null, "", hash ? `#${hash}` : location.pathname);
  readAddress();
  show();
}

// --- the mail -------------------------------------------------------------------------------------------------------

function widthOfMail() {
  return Math.round($("frame").contentDocument?.documentElement?.clientWidth ?? 0);
}

function fit() {
  const frame = $("frame");
  const width = WIDTHS[view.width] ?? Number(view.width);
  $("holder").classList.toggle("full", view.width === "full");
  if (view.width === "full") {
    frame.style.width = "";
  } else {
    // a scroll bar that takes room is none of the mail's width: phones and mail programs lay theirs over it
    const inside = widthOfMail();
    const bar = inside ? frame.contentWindow.innerWidth - inside : 0;
    frame.style.width = `${width + bar}px`;
  }
  const now = widthOfMail();
  $("handle").setAttribute("aria-valuenow", now);
  $("handle").setAttribute("aria-valuemax", Math.max(now, $("stage").clientWidth));
  describe();
}

function describe() {
  const dark = view.scheme === "dark";
  const rules = state?.picture?.dark_rules ? "the template’s own dark rules" : "the template has no dark rules";
  $("about").textContent = view.view === "html" ? `${widthOfMail()} px${dark ? `, ${rules}` : ""}` : "";
}

function swap(html) {
  const frame = $("frame").contentDocument;
  if (html === shown.html) return;
  const start = html.match(/<html\b[^>]*>/i)?.[0] ?? "<html>";
  const scroller = frame.scrollingElement;
  const [left, top] = [scroller.scrollLeft, scroller.scrollTop];
  if (start !== shown.start) {
    const root = new DOMParser().parseFromString(start, "text/html").documentElement;
    for (const { name } of [...frame.documentElement.attributes]) frame.documentElement.removeAttribute(name);
    for (const { name, value } of root.attributes) frame.documentElement.setAttribute(name, value);
  }
  frame.documentElement.innerHTML = html;
  frame.scrollingElement.scrollTo({ left, top, behavior: "instant" });
  shown = { html, start };
}

async function read(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.text();
}

let running = false;
let again = false;

// one reading at a time; whatever changes meanwhile is read once more
async function show() {
  for (const part of document.querySelectorAll(".stage [data-view]")) {
    part.hidden = !state?.picture || part.dataset.view !== view.view;
  }
  for (const choice of document.querySelectorAll("[data-for]")) {
    choice.hidden = choice.dataset.for !== view.view;
  }
  describe();
  again = true;
  if (running || !state?.picture) return;
  running = true;
  try {
    while (again) {
      again = false;
      const revision = state.revision;
      if (view.view === "html") {
        const html = await read(`/mail/${view.scheme}`);
        await framed;
        swap(html);
        fit();
      } else {
        $(view.view).textContent = await read(`/${view.view}`);
      }
      document.documentElement.dataset.shown = revision;
    }
  } catch (error) {
    ended(error.message);
  } finally {
    running = false;
  }
}

const framed = new Promise((resolve) => {
  const frame = $("frame");
  const ready = () => frame.contentDocument?.URL.endsWith("/frame") && frame.contentDocument.readyState !== "loading";
  if (ready()) resolve();
  else frame.addEventListener("load", resolve, { once: true });
});

// --- what is known about it -----------------------------------------------------------------------------------------

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const count = (number) => number.toLocaleString("en");

function finding(found) {
  const item = element("li", "", { "data-severity": found.severity });
  item.append(element("p", `${found.severity[0].toUpperCase()}${found.severity.slice(1)} ${found.id}`, { class: "severity" }));
  item.append(element("p", found.message));
  if (found.place) item.append(element("code", found.place));
  item.append(element("p", found.remedy, { class: "remedy" }));
  return item;
}

function showFacts(facts) {
  document.title = `${facts.subject} – preview`;
  $("from").textContent = facts.sender.name || facts.sender.email;
  $("address").textContent = facts.sender.name ? facts.sender.email : "";
  $("subject").textContent = facts.subject;
  $("preheader").textContent = facts.preheader;
  const [size, limit] = [facts.sizes.html, facts.clipped_at];
  $("htmlsize").textContent = count(size);
  $("limit").textContent = count(limit);
  $("meter").setAttribute("aria-valuemax", limit);
  $("meter").setAttribute("aria-valuenow", size);
  $("meter").dataset.state = size > limit ? "over" : size > facts.near ? "near" : "fine";
  $("fill").style.width = `${Math.min(100, (100 * size) / limit)}%`;
  $("sizenote").textContent = size > limit
    ? "Gmail will cut this mail off and hide its end."
    : `${Math.round((size / limit) * 100)} % of what Gmail shows before it cuts a mail off.`;
  $("findingshead").textContent = facts.findings.length ? `Findings (${facts.findings.length})` : "Findings";
  $("findings").replaceChildren(...(facts.findings.length ? facts.findings.map(finding) : [element("p", "Nothing found.")]));
  const details = [
    ["Number", facts.number], ["Date", facts.date], ["Template", facts.template], ["Seen by", facts.reader],
    ["Text part", `${count(facts.sizes.text)} bytes`], ["Message", `${count(facts.sizes.message)} bytes`],
    ["SHA-256", facts.sha256.slice(0, 12)],
  ];
  $("details").replaceChildren(
    ...details.filter(([, value]) => value !== null && value !== "").flatMap(([name, value]) => [
      element("dt", name),
      element("dd", value, name === "SHA-256" ? { title: facts.sha256 } : {}),
    ]),
  );
  $("headers").replaceChildren(...facts.headers.map(([name, value]) => {
    const row = element("tr", "");
    row.append(element("th", name, { scope: "row" }), element("td", value));
    return row;
  }));
}

function showFailure(failure) {
  $("failure").hidden = !failure;
  if (!failure) return;
  $("what").textContent = failure.what;
  $("place").textContent = failure.place;
  $("remedy").textContent = failure.remedy;
  $("excerpt").replaceChildren(...failure.excerpt.map((line) => {
    const row = element("span", "", { class: line.marked ? "line marked" : "line" });
    row.append(element("i", line.number), element("span", line.text));
    if (line.marked) row.setAttribute("aria-current", "true");
    return row;
  }));
}

function counted(severity) {
  const number = state.picture.findings.filter((found) => found.severity === severity).length;
  return number ? `, ${number} ${severity}${number > 1 ? "s" : ""}` : "";
}

function status(text, kind) {
  $("status").textContent = text;
  $("status").dataset.state = kind;
}

function apply(news) {
  state = news;
  const { picture, failure } = state;
  $("slug").textContent = state.slug;
  showFailure(failure);
  $("nothing").hidden = Boolean(picture);
  document.querySelector("aside").hidden = !picture;
  document.body.classList.toggle("out-of-date", Boolean(picture && failure));
  $("stale").hidden = !(picture && failure);
  $("stale").textContent = `Out of date: the picture of ${state.taken}`;
  if (picture) showFacts(picture);
  else document.title = `${state.slug} – preview`;
  if (failure) status(`Error since ${state.at}`, "error");
  else status(`Compiled ${state.at} in ${state.milliseconds} ms${counted("error")}${counted("warning")}`, counted("error") ? "found" : "fine");
  document.documentElement.dataset.revision = state.revision;
  show();
}

function ended() {
  status("The preview has ended. Start it again, and use its new link.", "ended");
}

const events = new EventSource("/events");
events.addEventListener("state", (event) => apply(JSON.parse(event.data)));
events.addEventListener("error", ended);

// --- hands ----------------------------------------------------------------------------------------------------------

for (const input of document.querySelectorAll(".choice input")) {
  input.addEventListener("change", () => choose({ [input.name]: input.value }));
}

const clamp = (width) => String(Math.round(Math.min(Math.max(width, NARROWEST), 9999)));

$("handle").addEventListener("pointerdown", (event) => {
  event.preventDefault();
  const handle = event.currentTarget;
  const begin = { x: event.clientX, width: widthOfMail() };
  const move = (now) => {
    // the mail is centred: it grows on both sides
    const width = clamp(begin.width + 2 * (now.clientX - begin.x));
    Object.assign(view, { width });
    fit();
  };
  const done = () => {
    handle.removeEventListener("pointermove", move);
    $("holder").classList.remove("dragging");
    choose({ width: view.width });
  };
  handle.setPointerCapture(event.pointerId);
  $("holder").classList.add("dragging");
  handle.addEventListener("pointermove", move);
  handle.addEventListener("lostpointercapture", done, { once: true });
});

$("handle").addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -10, ArrowRight: 10, PageDown: -100, PageUp: 100 }[event.key];
  if (!step) return;
  event.preventDefault();
  choose({ width: clamp(widthOfMail() + step) });
});

window.addEventListener("hashchange", () => { readAddress(); show(); });
window.addEventListener("resize", fit);
readAddress();
fit();
