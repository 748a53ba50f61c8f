// Fields that save themselves, each against what it was; and the choice when the disk says something else by now.

import { $, Refusal, complain, el } from "./api.js";

const PAUSE = 900;

// a field of a record or of an issue's head; it is written when typing stops, and when it is left
export function field({ action, body, act, name, label, value, hint = "", type = "text", lines = 0, choices = null, slots = false, usual = "", class: kind = "" }) {
  const key = `field:${name}`;
  const id = `field-${name.replaceAll(".", "-")}-${Math.random().toString(36).slice(2, 7)}`;
  const input = choices ? el("select", {}, ...choices.map((choice) => el("option", { value: choice }, choice || (usual ? `usual: ${usual}` : "–"))))
    : lines ? el("textarea", { rows: lines }) : el("input", { type: type === "color-text" ? "text" : type, placeholder: usual });
  input.id = id;
  input.dataset.key = key;
  input.dataset.name = name;
  if (type === "number") input.min = "0";
  value = String(value);
  if (choices && value && !choices.includes(value)) input.append(el("option", { value }, value));
  input.value = value;
  input.was = value;
  const state = el("span", { class: "saved", "aria-live": "polite" });

  async function save(force = null) {
    clearTimeout(input.waiting);
    const now = input.value;
    const was = force ?? input.was;
    if (now === input.was && force === null) return;
    try {
      await act(action, { ...body, fields: { [name]: { was, now } } });
      input.was = now;
      state.textContent = input.value === now ? "Saved" : "";
      delete input.dataset.bad;
    } catch (error) {
      input.dataset.bad = "";
      state.textContent = "Not saved";
      if (error instanceof Refusal && error.disk !== undefined) choose(error, input, save);
      else complain(error);
    }
  }

  input.addEventListener("input", () => {
    state.textContent = "";
    clearTimeout(input.waiting);
    if (type !== "date" && type !== "number") input.waiting = setTimeout(save, PAUSE);
  });
  input.addEventListener("change", () => save());
  input.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && (event.key === "s" || event.key === "Enter")) { event.preventDefault(); save(); }
    if (lines === 1 && event.key === "Enter") { event.preventDefault(); save(); }
  });
  const parts = [el("label", { for: id }, label, hint ? el("span", { class: "hint" }, ` ${hint}`) : null, state)];
  if (slots) parts.push(slotMenu(input));
  if (type === "color-text") parts.push(el("span", { class: "color" }, picker(input, usual, save, label), input));
  else parts.push(input);
  return el("div", { class: `field ${kind}` }, ...parts);
}

function picker(input, usual, save, label) {
  const hex = (text) => (/^#[0-9a-f]{6}$/i.test(text) ? text : /^#[0-9a-f]{3}$/i.test(text) ? `#${[...text.slice(1)].map((it) => it + it).join("")}` : "#888888");
  const made = el("input", { type: "color", value: hex(input.value || usual), "aria-label": `Choose ${label}` });
  made.addEventListener("change", () => { input.value = made.value; save(); });
  return made;
}

const SLOTS = [["First name, or “there”", '[[ subscriber.first_name or "there" ]]'], ["Full name", "[[ subscriber.name ]]"], ["Address", "[[ subscriber.email ]]"], ["Web version", "[[ web_url ]]"], ["Preferences", "[[ preferences_url ]]"]];

function slotMenu(input) {
  const menu = el("select", { class: "slots", "aria-label": "Insert something that is filled for each reader" }, el("option", { value: "" }, "Insert for each reader …"), ...SLOTS.map(([label, value]) => el("option", { value }, label)));
  menu.addEventListener("change", () => {
    if (!menu.value) return;
    input.setRangeText(menu.value, input.selectionStart, input.selectionEnd, "end");
    menu.value = "";
    input.focus();
    input.dispatchEvent(new Event("input"));
  });
  return menu;
}

// --- a record ---------------------------------------------------------------------------------------------------------

const FIELDS = [
  ["title", "Title", { lines: 1 }], ["summary", "Summary", { lines: 3 }], ["body", "Text", { lines: 12, hint: "Markdown" }],
  ["image.alt", "What the picture shows", { lines: 1, hint: "for those who do not see it" }], ["image.credit", "Picture by", {}],
  ["source", "Source", {}], ["author", "Author", {}], ["url", "Address", {}], ["tags", "Tags", { hint: "with commas between them" }],
];

function valueOf(article, name) {
  if (name === "tags") return article.tags.join(", ");
  if (name.startsWith("parameters.")) return article.parameters.find((it) => `parameters.${it.name}` === name)?.value;
  return name.startsWith("image.") ? article.image?.[name.slice(6)] ?? "" : article[name];
}

export function editorOf({ article, act, close, preview }) {
  const wanted = FIELDS.filter(([name]) => !name.startsWith("image.") || article.image);
  const box = el("div", { class: "editor", role: "group", "aria-label": `Edit ${article.title}`, "data-file": article.file },
    ...wanted.map(([name, label, more]) => field({ action: "article-edit", body: { file: article.file }, act, name, label, value: valueOf(article, name), ...more })),
    el("p", { class: "editor-foot" }, el("code", {}, article.file), el("span", { class: "buttons" },
      el("button", { type: "button", onclick: () => preview.find(article.title) }, "Show in the mail"),
      el("button", { type: "button", class: "primary", onclick: close }, "Done"))));
  box.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); close(); } });
  return box;
}

// the page was read anew: fields that nobody is typing in show what is on the disk now
export function settle(box, values) {
  if (box.dataset.file && values.file !== box.dataset.file) return false;
  for (const input of box.querySelectorAll("[data-name]")) {
    const value = String(valueOf(values, input.dataset.name) ?? "");
    if (input.value === input.was && value !== input.was) { input.value = value; input.was = value; }
  }
  return true;
}

// what is typed and not written yet is written when the editor closes
export function flush(box) {
  for (const input of box?.querySelectorAll("[data-name]") ?? []) {
    if (input.value !== input.was && !("bad" in input.dataset)) input.dispatchEvent(new Event("change"));
  }
}

// --- two versions -----------------------------------------------------------------------------------------------------

function choose(error, input, save) {
  $("clash-what").textContent = `${error.what}. ${error.remedy}`;
  $("clash-place").textContent = error.place;
  $("clash-disk").textContent = error.disk;
  $("clash-mine").textContent = error.mine;
  $("clash-theirs").onclick = () => {
    input.value = error.disk;
    input.was = error.disk;
    delete input.dataset.bad;
    $("clash").close();
  };
  $("clash-ours").onclick = () => { $("clash").close(); save(error.disk); };
  $("clash").showModal();
}
