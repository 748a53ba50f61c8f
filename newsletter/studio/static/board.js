// The issue: its head, its sections, its cards; arranged by mouse and by keys.

import { $, complain, count, el, get } from "./api.js";
import { editorOf, field, flush, settle } from "./editor.js";

const CARD = "application/x-newsletter";

export function startBoard({ slug, base, act, preview, pane }) {
  let outline = { sections: [], layouts: [], loose: [] };
  let shown = "";
  let sizes = {};
  let opened = "";
  let editor = null;
  let headBox = null;

  const sections = () => outline.sections.map((section) => section.title);
  const all = () => outline.sections.flatMap((section) => section.cards.map((card, index) => ({ card, section, index })));
  const find = (name) => all().find(({ card }) => card.slug === name);
  const cardOf = (name) => document.querySelector(`#board .card[data-slug="${CSS.escape(name)}"]`);

  // --- changes ------------------------------------------------------------------------------------------------------

  async function arrange(action, body, focus = "") {
    try {
      await act(action, { issue: slug, base: outline.base, ...body });
      if (focus) cardOf(focus)?.querySelector(".card-open")?.focus();
    } catch (error) {
      complain(error);
    }
  }

  const take = (name, section, position = null) => {
    if (section) return arrange("add", { articles: [name], section, position });
    return arrange("add", { articles: [name], section: "Top story", position });
  };
  const move = (name, section, position) => arrange("move", { article: name, section, position }, name);
  const remove = (name) => arrange("remove", { article: name });
  const back = ({ from, slug: name }) => { if (from === "issue") remove(name); };

  // a step up or down, into the neighbouring section at its end; or sideways to that section at once
  function step(name, direction, sideways) {
    const here = find(name);
    if (!here) return;
    const at = outline.sections.indexOf(here.section);
    const next = outline.sections[at + direction];
    const index = here.index + direction;
    if (!sideways && index >= 0 && index < here.section.cards.length) move(name, here.section.title, index + 1);
    else if (next) move(name, next.title, direction > 0 || sideways ? (sideways ? null : 1) : null);
  }

  // --- the picture of it --------------------------------------------------------------------------------------------

  function show(news) {
    outline = news;
    const text = JSON.stringify([{ ...news, undo: null, redo: null, base: null }, sizes, opened]);
    if (text === shown) return;
    shown = text;
    const focus = focusKey();
    const scroll = $("board").scrollTop;
    if (news.error) {
      $("board").replaceChildren(el("div", { class: "notice" }, el("p", {}, el("b", {}, news.error.what)), el("p", {}, el("code", {}, news.error.place)), el("p", { class: "muted" }, news.error.remedy)));
      return;
    }
    if (!headBox?.isConnected) {
      headBox = head();
      $("board").replaceChildren(headBox, el("div", { id: "sections", class: "sections" }));
    }
    settle(headBox, outline);
    $("sizebar").replaceWith(sizeBar());
    $("sections").replaceChildren(...[...outline.sections.map(section), loose(), addSection(), parameters()].filter(Boolean));
    const card = find(opened)?.card;
    if (editor && card && !card.error && settle(editor, card)) {
      cardOf(opened).append(editor);
    } else {
      opened = "";
      editor = null;
    }
    $("board").scrollTop = scroll;
    refocus(focus);
    measureSoon();
  }

  function head() {
    const edit = (name, label, attributes = {}, value = outline[name]) => field({ action: "issue-edit", body: { issue: slug }, act, name, label, value: value ?? "", ...attributes });
    return el("div", { class: "head" },
      edit("subject", "Subject", { class: "subject", lines: 1 }),
      edit("preheader", "Preheader", { lines: 1, hint: "The line that inboxes show behind the subject" }),
      el("div", { class: "row" },
        edit("date", "Date", { type: "date" }),
        edit("number", "Number", { type: "number" }),
        edit("template", "Template", { choices: outline.templates })),
      edit("introduction", "Introduction", { lines: 4, hint: "Markdown", slots: true }),
      sizeBar());
  }

  function sizeBar() {
    const { total } = sizes;
    const limit = 102400;
    return el("div", { class: "sizebar", id: "sizebar" }, total ? el("p", {}, el("b", {}, `${Math.round(total / 1024)} KB`), ` of 100 KB that Gmail shows`) : el("p", { class: "muted" }, "Size: not known yet"),
      meter(total ?? 0, limit));
  }

  function meter(value, most) {
    const fill = el("span", {});
    fill.style.width = `${Math.min(100, (100 * value) / most)}%`;
    return el("span", { class: "thin-meter", "data-state": value > most ? "over" : value > 0.9 * most ? "near" : "fine", "aria-hidden": "true" }, fill);
  }

  function section(part, at) {
    const list = el("ul", { class: "cards", "data-section": part.title, "aria-label": part.title }, ...part.cards.map((card) => cardItem(card, part)));
    if (!part.cards.length) list.append(el("li", { class: "nothing-yet" }, "Nothing yet: drag an article here"));
    droppable(list, part);
    const change = (body) => arrange("section-change", { section: part.title, ...body });
    return el("section", { class: "section", "aria-label": `Section ${part.title}` },
      el("div", { class: "section-head" },
        el("input", { class: "section-title", value: part.title, "aria-label": "Title of the section", "data-key": `title:${at}`, maxlength: "200",
          onchange: (event) => { if (event.target.value.trim()) change({ title: event.target.value.trim() }); else event.target.value = part.title; } }),
        layoutSelect(part.layout, (layout) => change({ layout }), `Layout of ${part.title}`, `layout:${at}`),
        el("button", { type: "button", class: "icon", "data-key": `up:${at}`, title: "Move the section up", "aria-label": `Move ${part.title} up`, disabled: at === 0, onclick: () => change({ position: at }) }, "↑"),
        el("button", { type: "button", class: "icon", "data-key": `down:${at}`, title: "Move the section down", "aria-label": `Move ${part.title} down`, disabled: at === outline.sections.length - 1, onclick: () => change({ position: at + 2 }) }, "↓"),
        el("button", { type: "button", class: "icon", title: part.cards.length ? "Remove the section; its articles go back to the inbox" : "Remove the section", "aria-label": `Remove ${part.title}`, onclick: () => arrange("section-remove", { section: part.title }) }, "×")),
      part.note ? el("p", { class: "note" }, part.note) : null,
      list);
  }

  function layoutSelect(value, change, label, key, own = "") {
    const names = [...new Set([...outline.layouts, value].filter(Boolean))];
    const select = el("select", { "aria-label": label, "data-key": key, class: "layout", onchange: (event) => change(event.target.value) },
      own ? el("option", { value: "" }, "as usual") : null, ...names.map((name) => el("option", { value: name }, name)));
    select.value = value;
    return select;
  }

  function cardItem(card, part = null) {
    const bytes = sizes.articles?.[card.slug];
    const facts = [card.source || card.author, card.words ? `${count(card.words)} words` : "", bytes ? `${(bytes / 1024).toFixed(1)} KB` : ""].filter(Boolean).join(" · ");
    const open = opened === card.slug;
    const item = el("li", { class: card.error ? "card broken" : "card", "data-slug": card.slug, draggable: open ? null : "true", ondragstart: (event) => {
      event.dataTransfer.setData(CARD, JSON.stringify({ from: "issue", slug: card.slug }));
      event.dataTransfer.effectAllowed = "move";
      item.classList.add("dragged");
    }, ondragend: () => item.classList.remove("dragged") },
      el("div", { class: "card-row" },
        card.picture ? el("img", { src: card.picture, alt: "", class: "thumb", loading: "lazy", width: "48", height: "36" }) : el("span", { class: "thumb none", "aria-hidden": "true" }),
        el("button", { type: "button", class: "card-open", "data-key": `open:${card.slug}`, "aria-expanded": String(open), onclick: () => (card.error ? null : toggle(card)) },
          el("span", { class: "card-title" }, card.title), el("span", { class: "card-facts" }, card.error ? card.error.what : facts)),
        tools(card, part)),
      card.error ? el("p", { class: "muted card-error" }, [card.error.place, card.error.remedy].filter(Boolean).join(" – ")) : null,
      bytes ? meter(bytes, 102400) : null);
    return item;
  }

  function tools(card, part) {
    if (!part) {
      const select = el("select", { "aria-label": `Put ${card.title} into a section`, onchange: (event) => event.target.value && take(card.slug, event.target.value) }, el("option", { value: "" }, "Put into …"), ...sections().map((title) => el("option", { value: title }, title)));
      return el("div", { class: "card-tools" }, select);
    }
    const here = find(card.slug);
    const first = outline.sections[0] === part && here?.index === 0;
    const last = outline.sections.at(-1) === part && here?.index === part.cards.length - 1;
    const where = el("select", { class: "to", "aria-label": `Move ${card.title} to`, "data-key": `to:${card.slug}`, onchange: (event) => {
      const goal = event.target.value;
      if (goal === "\u0000inbox") remove(card.slug); else if (goal) move(card.slug, goal, null);
    } }, el("option", { value: "" }, "Move to …"), ...sections().filter((title) => title !== part.title).map((title) => el("option", { value: title }, title)), el("option", { value: "\u0000inbox" }, "the inbox"));
    return el("div", { class: "card-tools" },
      layoutSelect(card.layout ?? "", (layout) => arrange("layout", { article: card.slug, layout }), `Layout of ${card.title}`, `card-layout:${card.slug}`, "own"),
      where,
      el("button", { type: "button", class: "icon", "data-key": `card-up:${card.slug}`, disabled: first, "aria-label": `Move ${card.title} up`, title: "Up (Alt+↑)", onclick: () => step(card.slug, -1) }, "↑"),
      el("button", { type: "button", class: "icon", "data-key": `card-down:${card.slug}`, disabled: last, "aria-label": `Move ${card.title} down`, title: "Down (Alt+↓)", onclick: () => step(card.slug, 1) }, "↓"),
      el("button", { type: "button", class: "icon", "aria-label": `Send ${card.title} back to the inbox`, title: "Back to the inbox (Del)", onclick: () => remove(card.slug) }, "×"));
  }

  function loose() {
    if (!outline.loose.length) return null;
    return el("section", { class: "section" }, el("div", { class: "section-head" }, el("h3", {}, "In the folder, in no section")), el("ul", { class: "cards" }, ...outline.loose.map((card) => cardItem(card))));
  }

  function addSection() {
    const title = el("input", { placeholder: "Another section", "aria-label": "Title of the new section", required: true, maxlength: "200", "data-key": "new-section" });
    const layout = layoutSelect(outline.layouts.includes("story") ? "story" : outline.layouts[0] ?? "story", () => {}, "Layout of the new section", "new-layout");
    return el("form", { class: "add-section", onsubmit: (event) => { event.preventDefault(); arrange("section-add", { title: title.value.trim(), layout: layout.value }); } },
      title, layout, el("button", { type: "submit" }, "Add section"));
  }

  function parameters() {
    if (!outline.parameters.length) return null;
    const one = (it) => field({ action: "issue-edit", body: { issue: slug }, act, name: `parameters.${it.name}`, label: it.name.replaceAll("_", " "), value: it.value ?? "", hint: it.description,
      usual: String(it.usual ?? ""), type: it.type === "color" ? "color-text" : "text", choices: it.type === "choice" ? ["", ...it.choices] : it.type === "boolean" ? ["", "true", "false"] : null });
    const box = el("details", { class: "design" }, el("summary", {}, "Design of this issue"), el("div", { class: "row wrap" }, ...outline.parameters.map(one)));
    box.open = document.querySelector(".design")?.open ?? false;
    return box;
  }

  // --- dropping -----------------------------------------------------------------------------------------------------

  function droppable(list, part) {
    const target = (event) => {
      const cards = [...list.querySelectorAll(".card:not(.dragged)")];
      const before = cards.findIndex((card) => { const box = card.getBoundingClientRect(); return event.clientY < box.top + box.height / 2; });
      return before < 0 ? cards.length : before;
    };
    const mark = (at) => {
      list.querySelector(".here")?.remove();
      if (at === null) return;
      const cards = [...list.querySelectorAll(".card:not(.dragged)")];
      list.insertBefore(el("li", { class: "here", "aria-hidden": "true" }), cards[at] ?? null);
    };
    list.addEventListener("dragover", (event) => {
      if (!event.dataTransfer.types.includes(CARD)) return;
      event.preventDefault();
      mark(target(event));
    });
    list.addEventListener("dragleave", (event) => { if (!list.contains(event.relatedTarget)) mark(null); });
    list.addEventListener("drop", (event) => {
      if (!event.dataTransfer.types.includes(CARD)) return;
      event.preventDefault();
      event.stopPropagation();
      const at = target(event);
      mark(null);
      const { from, slug: name } = JSON.parse(event.dataTransfer.getData(CARD));
      if (from === "inbox") take(name, part.title, at + 1); else move(name, part.title, at + 1);
    });
  }

  // --- editing, sizes, keys -----------------------------------------------------------------------------------------

  async function toggle(card) {
    if (opened === card.slug) { close(); return; }
    try {
      const article = await get(`/article?file=${encodeURIComponent(card.file)}`);
      flush(editor);
      editor = editorOf({ article, act, close, preview });
      opened = card.slug;
      show(outline);
      preview.find(card.title);
    } catch (error) {
      complain(error);
    }
  }

  function close() {
    const was = opened;
    flush(editor);
    editor = null;
    opened = "";
    show(outline);
    cardOf(was)?.querySelector(".card-open")?.focus();
  }

  let pending = 0;
  let measuring = false;
  let measured = "";

  async function measure() {
    if (!outline.slug || outline.error || measuring || measured === preview.hash()) return;
    measuring = true;
    const hash = preview.hash();
    try {
      sizes = hash && all().length ? await get(`${base}/measures`) : {};
      measured = hash;
    } catch {
      sizes = {}; // the issue does not compile: the page says why
      measured = hash;
    } finally {
      measuring = false;
    }
    show(outline);
  }
  // not at once: the new picture comes first, and the issue is compiled once for each article
  function measureSoon() {
    clearTimeout(pending);
    pending = setTimeout(measure, 1200);
  }
  preview.oncompiled(measureSoon);

  function moveKey(event) {
    const name = document.activeElement?.closest("#board .card")?.dataset.slug;
    if (!name || !event.altKey || event.ctrlKey || document.activeElement.closest(".editor")) return false;
    const done = { ArrowUp: [-1, false], ArrowDown: [1, false], ArrowLeft: [-1, true], ArrowRight: [1, true] }[event.key];
    if (!done) return false;
    step(name, ...done);
    return true;
  }

  function key(event) {
    const name = document.activeElement?.closest("#board .card")?.dataset.slug;
    if (!name || document.activeElement.closest(".editor")) return false;
    const rows = [...document.querySelectorAll("#board .card-open")];
    const at = rows.findIndex((row) => row.closest(".card").dataset.slug === name);
    if (event.key === "Delete") { (rows[at + 1] ?? rows[at - 1])?.focus(); remove(name); }
    else if (event.key === "j") rows[at + 1]?.focus();
    else if (event.key === "k") rows[at - 1]?.focus();
    else return false;
    return true;
  }

  // a place as findings name it: the card of an article, the head of the issue
  function reveal(place) {
    const found = /^issues\/([^/]+)\/(?:articles\/([^/]+)\.md|issue\.md)/.exec(place ?? "");
    if (!found || found[1] !== slug) return false;
    pane("issue");
    const hit = found[2] && find(found[2]);
    if (hit && !hit.card.error) {
      if (opened !== found[2]) toggle(hit.card);
      cardOf(found[2])?.scrollIntoView({ block: "nearest" });
    } else {
      document.querySelector("#board .head textarea, #board .head input")?.focus();
    }
    return true;
  }

  function focusKey() {
    const at = document.activeElement;
    if (!at?.closest("#sections") || !at.dataset.key) return null;
    return { key: at.dataset.key, start: at.selectionStart ?? null, end: at.selectionEnd };
  }

  function refocus(wanted) {
    const input = wanted && document.querySelector(`#sections [data-key="${CSS.escape(wanted.key)}"]`);
    if (!input) return;
    input.focus({ preventScroll: true });
    if (wanted.start !== null) input.setSelectionRange(wanted.start, wanted.end);
  }

  return { show, take, back, sections, key, moveKey, reveal };
}
