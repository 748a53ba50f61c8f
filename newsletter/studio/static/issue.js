// The page of an issue: wires the inbox, the board and the preview to the news of the files.

import { $, complain, dialogs, follow, get, post, toast, typing } from "./api.js";
import { startBoard } from "./board.js";
import { startInbox } from "./inbox.js";
import { startPreview } from "./preview.js";

const slug = document.body.dataset.slug;
const compose = "compose" in document.body.dataset;
const base = `/issues/${slug}`;

function pane(name) {
  document.body.dataset.pane = name;
  for (const button of document.querySelectorAll("[data-show]")) {
    button.setAttribute("aria-pressed", String(button.dataset.show === name));
  }
}

const preview = startPreview({ base, compose, onplace: (place) => board?.reveal(place) });

// every change goes through here: it is made on the disk, then the page is read anew
async function act(action, body) {
  try {
    const done = await post(action, body);
    journal(done);
    await refresh();
    return done;
  } catch (error) {
    await refresh();
    throw error;
  }
}

function journal({ undo, redo }) {
  for (const [id, label, word] of [["undo", undo, "Undo"], ["redo", redo, "Do again"]]) {
    $(id).disabled = !label;
    $(id).title = label ? `${word}: ${label}` : word;
  }
}

async function turn(action) {
  try {
    toast((await act(action, {})).done);
  } catch (error) {
    complain(error);
  }
}

let reading = null;
let again = false;

// one reading at a time; what changed meanwhile is read once more
function refresh() {
  again = true;
  reading ??= (async () => {
    try {
      while (again) {
        again = false;
        const outline = await get(`${base}/outline`);
        journal(outline);
        board.show(outline);
        await inbox.load();
      }
    } catch (error) {
      complain(error);
    } finally {
      reading = null;
    }
  })();
  return reading;
}

const board = compose ? startBoard({ slug, base, act, preview, pane }) : null;
const inbox = compose ? startInbox({ base, act, board }) : null;

function undoKey(event) {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || typing(event)) return false;
  turn(event.shiftKey ? "redo" : "undo");
  return true;
}

function plainKey(event) {
  if (typing(event) || event.ctrlKey || event.metaKey || event.altKey) return false;
  const views = [...document.querySelectorAll("input[name=view]")];
  if (/^[1-6]$/.test(event.key)) views[Number(event.key) - 1].click();
  else if (event.key === "?") $("help").showModal();
  else if (event.key === "/") { pane("inbox"); $("q").focus(); }
  else if (event.key === "a") { pane("inbox"); $("add-url").focus(); }
  else return inbox.key(event) || board.key(event);
  return true;
}

if (compose) {
  dialogs();
  refresh();
  for (const button of document.querySelectorAll("[data-show]")) button.addEventListener("click", () => pane(button.dataset.show));
  $("undo").addEventListener("click", () => turn("undo"));
  $("redo").addEventListener("click", () => turn("redo"));
  $("help-button").addEventListener("click", () => $("help").showModal());
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    if (undoKey(event) || board.moveKey(event) || plainKey(event)) event.preventDefault();
  });
}

follow(`${base}/events`, {
  state: preview.apply,
  files: () => { if (compose) refresh(); },
  onlost: preview.lost,
});
