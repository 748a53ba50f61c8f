// The start page: it is made anew by the studio after every change of a file; this puts it in place.

import { $, Refusal, complain, dialogs, follow, post, typing } from "./api.js";

async function refresh() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = document.activeElement?.closest("#home") ? document.activeElement.getAttribute("href") ?? document.activeElement.id : null;
  if ($("home").innerHTML === page.getElementById("home").innerHTML) return;
  $("home").replaceWith(page.getElementById("home"));
  if (!$("new-dialog").open) {
    $("new-dialog").replaceWith(page.getElementById("new-dialog"));
    wire();
  }
  if (focused) ($(focused) ?? document.querySelector(`#home [href="${CSS.escape(focused)}"]`))?.focus();
}

function create(like = "") {
  $("new-form").elements.like.value = like;
  $("new-error").textContent = "";
  $("new-dialog").showModal();
}

function wire() {
  dialogs();
  $("new-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = $("new-form").elements;
    const body = { name: fields.name.value, subject: fields.subject.value, date: fields.date.value, template: fields.template.value, like: fields.like.value };
    if (fields.number.value) body.number = Number(fields.number.value);
    try {
      const made = await post("issue-new", body);
      location.assign(`/issues/${made.issue}`);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      $("new-error").textContent = `${error.what}. ${error.remedy}`;
    }
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.id === "new-issue" || "new" in button.dataset) create();
  else if (button.dataset.clone) create(button.dataset.clone);
  else if (button.dataset.rename) {
    $("rename-old").textContent = button.dataset.rename;
    $("rename-form").elements.name.value = button.dataset.rename;
    $("rename-error").textContent = "";
    $("rename-dialog").showModal();
  } else if (button.id === "help-button") $("help").showModal();
});

$("rename-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await post("issue-rename", { issue: $("rename-old").textContent, name: $("rename-form").elements.name.value });
    $("rename-dialog").close();
    await refresh();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    $("rename-error").textContent = `${error.what}. ${error.remedy}`;
  }
});

document.addEventListener("keydown", (event) => {
  if (typing(event) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const links = [...document.querySelectorAll(".issue-link")];
  const at = links.indexOf(document.activeElement);
  if (event.key === "n") create();
  else if (event.key === "?") $("help").showModal();
  else if (event.key === "j") links[Math.min(at + 1, links.length - 1)]?.focus();
  else if (event.key === "k") links[Math.max(at - 1, 0)]?.focus();
  else return;
  event.preventDefault();
});

wire();
follow("/events", {
  files: () => refresh().catch(complain),
  onopen: () => { $("status").textContent = ""; document.documentElement.dataset.shown = "home"; },
  onlost: () => { $("status").textContent = "The studio has ended. Start it again: this page finds it."; },
});
