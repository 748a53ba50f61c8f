// The mail: in a frame without scripts, in every view, following the files; it keeps its place while it changes.

import { $, complain, count, el, get, toast } from "./api.js";
import { darken } from "./dark.js";
import { showSource } from "./source.js";

const WIDTHS = { desktop: 700, phone: 375 };
const NARROWEST = 280;
const VIEWS = ["html", "list", "text", "source", "message", "checks"];
const ABOUT = {
  light: "",
  dark: "the template’s own dark rules, as Apple Mail applies them",
  partial: "a simulation: light backgrounds turned dark, dark text light, as Outlook.com and Gmail on Android do it roughly",
  forced: "a simulation: every colour turned round, as Gmail on iOS and Outlook for Windows do it roughly",
};

export function startPreview({ base, compose, onplace }) {
  const wide = $("stage").clientWidth;
  const defaults = { view: "html", width: wide >= 716 || wide === 0 && window.innerWidth >= 760 ? "desktop" : "full", scheme: "light", images: "on", reader: "usual" };
  const view = { ...defaults };
  const listeners = [];
  let state = null;
  let shown = { html: "", start: "", scheme: "" };

  // --- what is looked at, kept in the address -----------------------------------------------------------------------

  function readAddress() {
    const given = new URLSearchParams(location.hash.slice(1));
    const allowed = { view: new RegExp(`^(${VIEWS.join("|")})$`), width: /^(desktop|phone|full|[1-9]\d{2,3})$/, scheme: /^(light|dark|partial|forced)$/, images: /^(on|off)$/, reader: /^.{1,320}$/ };
    for (const [name, pattern] of Object.entries(allowed)) {
      view[name] = pattern.test(given.get(name) ?? "") ? given.get(name) : defaults[name];
    }
    for (const input of document.querySelectorAll(".choice input")) input.checked = view[input.name] === input.value;
    $("scheme").value = view.scheme;
    $("images-off").checked = view.images === "off";
  }

  function choose(changes) {
    Object.assign(view, changes);
    const differing = Object.entries(view).filter(([name, value]) => value !== defaults[name]);
    const hash = new URLSearchParams(differing).toString();
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname);
    readAddress();
    show();
  }

  const asked = (more = {}) => {
    const query = new URLSearchParams({ ...(view.reader === "usual" ? {} : { reader: view.reader }), ...more }).toString();
    return query ? `?${query}` : "";
  };

  // --- the mail -----------------------------------------------------------------------------------------------------

  const widthOfMail = () => Math.round($("frame").contentDocument?.documentElement?.clientWidth ?? 0);

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
    const own = state?.picture && !state.picture.dark_rules && view.scheme === "dark" ? "the template has no dark rules" : ABOUT[view.scheme];
    const parts = [`${widthOfMail()} px`, own, view.images === "off" ? "no pictures" : ""];
    $("about").textContent = view.view === "html" ? parts.filter(Boolean).join(", ") : "";
  }

  function swap(html) {
    const frame = $("frame").contentDocument;
    if (html === shown.html && view.scheme === shown.scheme) return;
    const start = html.match(/<html\b[^>]*>/i)?.[0] ?? "<html>";
    const scroller = frame.scrollingElement;
    const [left, top] = [scroller.scrollLeft, scroller.scrollTop];
    if (start !== shown.start) {
      const root = new DOMParser().parseFromString(start, "text/html").documentElement;
      for (const { name } of [...frame.documentElement.attributes]) frame.documentElement.removeAttribute(name);
      for (const { name, value } of root.attributes) frame.documentElement.setAttribute(name, value);
    }
    frame.documentElement.innerHTML = html;
    if (view.scheme === "partial" || view.scheme === "forced") darken(frame, view.scheme);
    else frame.documentElement.style.removeProperty("background-color");
    frame.scrollingElement.scrollTo({ left, top, behavior: "instant" });
    shown = { html, start, scheme: view.scheme };
  }

  async function draw() {
    if (view.view === "html") {
      const html = await get(`${base}/mail/${view.scheme === "dark" ? "dark" : "light"}${asked(view.images === "off" ? { images: "off" } : {})}`);
      await framed;
      swap(html);
      fit();
    } else if (view.view === "source") {
      showSource(await get(`${base}/source${asked()}`), state.picture.clipped_at);
    } else if (view.view === "text" || view.view === "message") {
      $(view.view).textContent = await get(`${base}/${view.view}${asked()}`);
    }
    if (view.reader !== "usual") showFacts(await get(`${base}/facts${asked()}`));
  }

  let running = false;
  let again = false;

  // one reading at a time; whatever changes meanwhile is read once more
  async function show() {
    for (const part of document.querySelectorAll(".stage [data-view]")) part.hidden = !state?.picture || part.dataset.view !== view.view;
    for (const choice of document.querySelectorAll("[data-for]")) choice.hidden = choice.dataset.for !== view.view;
    $("download").href = `${base}/message.eml${asked()}`;
    describe();
    again = true;
    if (running || !state?.picture) return;
    running = true;
    try {
      while (again) {
        again = false;
        const revision = state.revision;
        await draw();
        document.documentElement.dataset.shown = revision;
      }
    } catch (error) {
      complain(error);
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

  // scroll to where a text stands in the mail, and mark it for a moment
  function find(text) {
    const frame = $("frame").contentDocument;
    const wanted = text.trim().slice(0, 40);
    if (view.view !== "html" || !frame?.body || !wanted) return;
    const walker = frame.createTreeWalker(frame.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const found = walker.currentNode.parentElement;
      if (!walker.currentNode.data.includes(wanted) || !found.getClientRects().length) continue;
      found.scrollIntoView({ block: "center", behavior: "instant" });
      found.animate?.([{ outline: "3px solid #c2571f", outlineOffset: "4px" }, { outline: "3px solid transparent", outlineOffset: "4px" }], 1400);
      return;
    }
  }

  // --- what is known about it ---------------------------------------------------------------------------------------

  function finding(found) {
    const item = el("li", { "data-severity": found.severity });
    item.append(el("p", { class: "severity" }, `${found.severity[0].toUpperCase()}${found.severity.slice(1)} ${found.id}`), el("p", {}, found.message));
    if (found.place) {
      item.append(compose ? el("button", { type: "button", class: "place", onclick: () => { if (!onplace(found.place)) toast("That file is not edited here", { place: found.place }); } }, found.place) : el("code", {}, found.place));
    }
    item.append(el("p", { class: "remedy" }, found.remedy));
    return item;
  }

  function row(where, kind, name, facts) {
    const sender = facts.sender.name || facts.sender.email;
    return el("figure", { class: "listing" }, el("figcaption", {}, name),
      el("div", { class: `mailrow ${kind}`, "data-where": where },
        el("span", { class: "dot", "aria-hidden": "true" }, sender.slice(0, 1).toUpperCase()),
        el("b", { class: "from" }, sender), el("span", { class: "when" }, "09:00"),
        el("span", { class: "what" }, el("span", { class: "said" }, facts.subject), el("span", { class: "snippet" }, facts.preheader || "(the mail’s first words)"))));
  }

  function showList(facts) {
    const rows = [["gmail-desktop", "one", "Gmail on a desktop: subject and preheader share one line"], ["apple-desktop", "two", "Apple Mail on a Mac: a narrow list, two lines of preheader"], ["outlook-desktop", "short", "Outlook on a desktop: one line of each"],
      ["gmail-phone", "short", "Gmail on a phone"], ["apple-phone", "two", "Mail on an iPhone: two lines of preheader"], ["outlook-phone", "two", "Outlook on a phone"]];
    $("list").replaceChildren(el("p", { class: "muted" }, `Simulated at usual widths. Subject: ${[...facts.subject].length} characters, preheader: ${[...facts.preheader].length}.`),
      el("div", { class: "listings" }, ...rows.map(([where, kind, name]) => row(where, kind, name, facts))));
  }

  function showFacts(facts) {
    document.title = `${facts.subject} – studio`;
    const [size, limit] = [facts.sizes.html, facts.clipped_at];
    $("htmlsize").textContent = count(size);
    $("limit").textContent = count(limit);
    $("meter").setAttribute("aria-valuemax", limit);
    $("meter").setAttribute("aria-valuenow", size);
    $("meter").dataset.state = size > limit ? "over" : size > facts.near ? "near" : "fine";
    $("fill").style.width = `${Math.min(100, (100 * size) / limit)}%`;
    $("sizenote").textContent = size > limit ? "Gmail will cut this mail off and hide its end." : `${Math.round((size / limit) * 100)} % of what Gmail shows before it cuts a mail off.`;
    $("source-size").textContent = `${count(size)} of ${count(limit)} bytes that Gmail shows`;
    $("message-size").textContent = `${count(facts.sizes.message)} bytes as they travel`;
    $("findingshead").textContent = facts.findings.length ? `Findings (${facts.findings.length})` : "Findings";
    $("findings").replaceChildren(...(facts.findings.length ? facts.findings.map(finding) : [el("li", { class: "none" }, "Nothing found.")]));
    $("found").hidden = !facts.findings.length;
    $("found").textContent = facts.findings.length;
    $("found").dataset.state = facts.findings.some((it) => it.severity === "error") ? "error" : "other";
    const details = [
      ["Number", facts.number], ["Date", facts.date], ["Template", facts.template], ["Seen by", facts.reader],
      ["Text part", `${count(facts.sizes.text)} bytes`], ["Message", `${count(facts.sizes.message)} bytes`], ["SHA-256", facts.sha256.slice(0, 12)],
    ];
    $("details").replaceChildren(...details.filter(([, value]) => value !== null && value !== "").flatMap(([name, value]) => [
      el("dt", {}, name), el("dd", name === "SHA-256" ? { title: facts.sha256 } : {}, String(value)),
    ]));
    $("headers").replaceChildren(...facts.headers.map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value))));
    showList(facts);
  }

  function showFailure(failure) {
    $("failure").hidden = !failure;
    if (!failure) return;
    for (const name of ["what", "place", "remedy"]) $(name).textContent = failure[name];
    $("excerpt").replaceChildren(...failure.excerpt.map((line) => el("span", { class: line.marked ? "line marked" : "line", "aria-current": line.marked ? "true" : null }, el("i", {}, String(line.number)), el("span", {}, line.text))));
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
    showFailure(failure);
    $("nothing").hidden = Boolean(picture);
    document.body.classList.toggle("out-of-date", Boolean(picture && failure));
    $("stale").hidden = !(picture && failure);
    $("stale").textContent = `Out of date: the picture of ${state.taken}`;
    if (picture && view.reader === "usual") showFacts(picture);
    else document.title = `${state.slug} – studio`;
    if (failure) status(`Error since ${state.at}`, "error");
    else status(`Compiled ${state.at} in ${state.milliseconds} ms${counted("error")}${counted("warning")}`, counted("error") ? "found" : "fine");
    document.documentElement.dataset.revision = state.revision;
    show();
    for (const listener of listeners) listener();
  }

  // --- hands --------------------------------------------------------------------------------------------------------

  for (const input of document.querySelectorAll(".choice input")) input.addEventListener("change", () => choose({ [input.name]: input.value }));
  $("scheme").addEventListener("change", () => choose({ scheme: $("scheme").value }));
  $("images-off").addEventListener("change", () => choose({ images: $("images-off").checked ? "off" : "on" }));

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      toast("Copied");
    } catch {
      toast("The browser does not let this page copy", { bad: true });
    }
  }
  $("copy-html").addEventListener("click", async () => { try { copy(await get(`${base}/source${asked()}`)); } catch (error) { complain(error); } });
  $("copy-command")?.addEventListener("click", () => copy($("command").textContent));

  const clamp = (width) => String(Math.round(Math.min(Math.max(width, NARROWEST), 9999)));

  $("handle").addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const handle = event.currentTarget;
    const begin = { x: event.clientX, width: widthOfMail() };
    // the mail is centred: it grows on both sides
    const move = (now) => { Object.assign(view, { width: clamp(begin.width + 2 * (now.clientX - begin.x)) }); fit(); };
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
    const by = { ArrowLeft: -10, ArrowRight: 10, PageDown: -100, PageUp: 100 }[event.key];
    if (!by) return;
    event.preventDefault();
    choose({ width: clamp(widthOfMail() + by) });
  });

  // --- whose mail it is -----------------------------------------------------------------------------------------------

  async function readers() {
    const words = $("reader-q").value;
    const found = await get(`/readers?q=${encodeURIComponent(words)}`);
    if (words !== $("reader-q").value) return; // a later question has been asked since
    $("reader-list").replaceChildren(...found.map((it, index) => el("li", { role: "option", id: `reader-${index}`, "aria-selected": String(it.key === view.reader), "data-key": it.key, "data-name": it.name, onclick: () => pick(it) }, el("b", {}, it.name), el("span", {}, it.about))));
  }

  function pick({ key, name }) {
    $("reader-name").textContent = name;
    open(false);
    choose({ reader: key });
    if (key === "usual" && state?.picture) showFacts(state.picture);
    $("reader-button").focus();
  }

  function open(on) {
    $("reader-box").hidden = !on;
    $("reader-button").setAttribute("aria-expanded", String(on));
    if (on) { readers().catch(complain); $("reader-q").focus(); }
  }

  function readerKey(event) {
    const items = [...$("reader-list").children];
    const at = items.findIndex((it) => it.classList.contains("active"));
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (event.key === "Escape") { open(false); $("reader-button").focus(); }
    else if (event.key === "Enter" && (items[at] ?? items[0])) pick({ key: (items[at] ?? items[0]).dataset.key, name: (items[at] ?? items[0]).dataset.name });
    else if (next !== undefined && items[next]) {
      items[at]?.classList.remove("active");
      items[next].classList.add("active");
      items[next].scrollIntoView({ block: "nearest" });
      $("reader-q").setAttribute("aria-activedescendant", items[next].id);
    } else return;
    event.preventDefault();
  }

  if (compose) {
    $("reader-button").addEventListener("click", () => open($("reader-box").hidden));
    $("reader-q").addEventListener("input", () => readers().catch(complain));
    $("reader-q").addEventListener("keydown", readerKey);
    document.addEventListener("click", (event) => { if (!event.target.closest("[data-reader]")) open(false); });
  }

  window.addEventListener("hashchange", () => { readAddress(); show(); });
  window.addEventListener("resize", fit);
  readAddress();
  if (compose && view.reader !== "usual") $("reader-name").textContent = view.reader;
  fit();

  return {
    apply,
    find,
    hash: () => state?.picture?.sha256 ?? "",
    lost: () => status("The studio has ended. Start it again: this page finds it.", "ended"),
    oncompiled: (listener) => listeners.push(listener),
  };
}
