// The inbox: a page of it at a time, what would fit, and everything that brings records in.

import { $, complain, count, el, get, post, toast, typing, upload } from "./api.js";

export function startInbox({ base, act, board }) {
  let page = 1;
  let shown = "";
  let suggested = "";

  const query = () => new URLSearchParams({
    q: $("q").value, tag: $("f-tag").value, source: $("f-source").value, status: $("f-status").value, sort: $("f-sort").value, page,
  });

  async function load() {
    const asked = query().toString();
    const found = await get(`/inbox?${asked}`);
    if (asked !== query().toString()) return;
    const text = JSON.stringify([{ ...found, undo: null, redo: null }, board.sections()]);
    if (text !== shown) { shown = text; show(found); }
    if ($("suggested").open) await suggest();
  }

  const again = () => { page = 1; load().catch(complain); };

  function show(found) {
    if (page > found.pages) { page = found.pages; load().catch(complain); return; }
    const open = found.counts.all - found.counts.rejected;
    $("inbox-count").textContent = count(open);
    options($("f-tag"), "Any tag", found.tags);
    options($("f-source"), "Any source", found.sources);
    const at = focused();
    $("entries").replaceChildren(...found.errors.map(broken), ...found.entries.map((entry) => row(entry)));
    refocus(at);
    $("pager").hidden = found.pages < 2;
    $("page-at").textContent = `${count(found.page)} of ${count(found.pages)}, ${count(found.found)} articles`;
    $("page-back").disabled = found.page <= 1;
    $("page-on").disabled = found.page >= found.pages;
    const nothing = !found.entries.length && !found.errors.length;
    $("inbox-empty").hidden = !nothing;
    if (nothing) {
      const searching = [...query().entries()].some(([key, value]) => !["page", "sort"].includes(key) && value);
      $("inbox-empty").replaceChildren(
        el("p", { class: "empty-title" }, searching ? "Nothing fits" : "The inbox is empty"),
        el("p", {}, searching ? "Search for less, or choose another status." : "Paste the address of a page above, or drop web pages, texts, Markdown, CSV or JSON here."),
      );
    }
  }

  function options(select, any, values) {
    const chosen = select.value;
    select.replaceChildren(el("option", { value: "" }, any), ...values.map(([value, number]) => el("option", { value }, `${value} (${number})`)));
    select.value = chosen;
  }

  function broken(error) {
    return el("li", { class: "entry broken" }, el("p", {}, error.what), el("code", {}, error.place), el("p", { class: "muted" }, error.remedy));
  }

  function row(entry) {
    const facts = [entry.from, entry.date, entry.words ? `${count(entry.words)} words` : ""].filter(Boolean).join(" · ");
    const shortlisted = entry.status === "shortlisted";
    const rejected = entry.status === "rejected";
    return el("li", { class: "entry", draggable: "true", "data-slug": entry.slug, "data-file": entry.file, "data-status": entry.status, ondragstart: (event) => drag(event, entry) },
      el("div", { class: "entry-main", tabindex: "0", role: "group", "aria-label": entry.title },
        el("p", { class: "entry-title" }, entry.title),
        el("p", { class: "entry-facts" }, facts, entry.url && facts ? " · " : "", entry.url ? el("a", { href: entry.url, target: "_blank", rel: "noreferrer noopener" }, "page", el("span", { class: "hidden" }, ` of ${entry.title}, in a new tab`)) : ""),
        entry.tags.length ? el("p", { class: "entry-facts" }, entry.tags.map((tag) => `#${tag}`).join(" ")) : null,
        ...(entry.reasons ?? []).map((reason) => el("p", { class: "mark", "data-kind": "reason" }, reason)),
        ...entry.marks.map((mark) => el("p", { class: "mark", "data-kind": mark.kind }, mark.words)),
      ),
      el("div", { class: "entry-tools" },
        adder(entry),
        el("button", { type: "button", class: "quiet", "aria-pressed": String(shortlisted), onclick: () => decide(entry, shortlisted ? "inbox" : "shortlisted") }, shortlisted ? "Shortlisted" : "Shortlist", el("span", { class: "hidden" }, ` ${entry.title}`)),
        el("button", { type: "button", class: "quiet", onclick: () => decide(entry, rejected ? "inbox" : "rejected") }, rejected ? "Bring back" : "Reject", el("span", { class: "hidden" }, ` ${entry.title}`)),
      ));
  }

  function adder(entry) {
    const select = el("select", { class: "adder", "aria-label": `Add ${entry.title} to a section` }, el("option", { value: "" }, "Add to …"),
      ...board.sections().map((title) => el("option", { value: title }, title)));
    select.addEventListener("change", () => { if (select.value) board.take(entry.slug, select.value); });
    return select;
  }

  function drag(event, entry) {
    event.dataTransfer.setData("application/x-newsletter", JSON.stringify({ from: "inbox", slug: entry.slug }));
    event.dataTransfer.setData("text/plain", entry.title);
    event.dataTransfer.effectAllowed = "move";
  }

  async function decide(entry, status) {
    try { await act("decide", { file: entry.file, status }); } catch (error) { complain(error); }
  }

  async function suggest() {
    const { entries, left_out: left } = await get(`${base}/suggestions`);
    const text = JSON.stringify(entries);
    if (text === suggested) return;
    suggested = text;
    $("suggestions").replaceChildren(...entries.map(row));
    if (!entries.length) $("suggestions").replaceChildren(el("li", { class: "muted" }, Object.keys(left).length ? "Nothing of the inbox fits this issue’s date." : "The inbox is empty."));
  }

  // --- what comes in ------------------------------------------------------------------------------------------------

  const WORDS = { added: "Added", updated: "Filled in", unchanged: "There already, unchanged", duplicate: "There already", refused: "Refused" };

  function report(result) {
    for (const record of result.records.slice(0, 3)) {
      if (record.error) complainOf(record.error);
      else toast(`${WORDS[record.kind]}: ${record.file}${record.notes.length ? `, ${record.notes.join("; ")}` : ""}`);
    }
    if (result.records.length > 3) toast(result.done);
  }

  const complainOf = (error) => toast(`${error.what}. ${error.remedy}`, { bad: true, place: error.place });

  async function addPages(text) {
    const addresses = text.split(/\s+/).filter(Boolean);
    $("add-button").disabled = true;
    $("add-button").textContent = "Adding …";
    for (const url of addresses) {
      try { report(await post("page", { url })); $("add-url").value = ""; } catch (error) { complain(error); }
    }
    $("add-button").disabled = false;
    $("add-button").textContent = "Add";
    await load().catch(complain);
  }

  async function addFiles(files) {
    for (const file of files) {
      try { report(await upload(file)); } catch (error) { complain(error); }
    }
    await load().catch(complain);
  }

  const zone = $("pane-inbox");
  const holdsFiles = (event) => event.dataTransfer.types.includes("Files");
  const holdsCard = (event) => event.dataTransfer.types.includes("application/x-newsletter");
  const holdsText = (event) => event.dataTransfer.types.includes("text/uri-list");
  zone.addEventListener("dragover", (event) => {
    if (!holdsFiles(event) && !holdsCard(event) && !holdsText(event)) return;
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", (event) => { if (!zone.contains(event.relatedTarget)) zone.classList.remove("over"); });
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (holdsFiles(event)) addFiles([...event.dataTransfer.files]);
    else if (holdsCard(event)) board.back(JSON.parse(event.dataTransfer.getData("application/x-newsletter")));
    else addPages(event.dataTransfer.getData("text/uri-list").split("\n").filter((line) => !line.startsWith("#")).join(" "));
  });
  // a file dropped beside the inbox must not replace the page
  window.addEventListener("dragover", (event) => { if (holdsFiles(event)) event.preventDefault(); });
  window.addEventListener("drop", (event) => { if (holdsFiles(event)) event.preventDefault(); });
  document.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain").trim();
    if (!typing(event) && /^https?:\/\/\S+$/.test(text)) addPages(text);
  });
  $("add-form").addEventListener("submit", (event) => { event.preventDefault(); addPages($("add-url").value); });
  $("add-files").addEventListener("change", () => addFiles([...$("add-files").files]).then(() => { $("add-files").value = ""; }));

  // --- hands --------------------------------------------------------------------------------------------------------

  let waiting = 0;
  $("q").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(again, 120); });
  for (const id of ["f-status", "f-tag", "f-source", "f-sort"]) $(id).addEventListener("change", again);
  $("page-back").addEventListener("click", () => { page -= 1; load().catch(complain); });
  $("page-on").addEventListener("click", () => { page += 1; load().catch(complain); });
  $("suggested").addEventListener("toggle", () => { if ($("suggested").open) suggest().catch(complain); });

  const focused = () => document.activeElement?.closest("#entries .entry")?.dataset.slug;
  const refocus = (slug) => { if (slug) document.querySelector(`#entries [data-slug="${CSS.escape(slug)}"] .entry-main`)?.focus(); };

  function key(event) {
    const row = document.activeElement?.closest(".pane-inbox .entry");
    if (!row || document.activeElement.closest(".entry-tools")) return false;
    const rows = [...document.querySelectorAll(".pane-inbox .entry .entry-main")].filter((it) => it.offsetParent);
    const at = rows.indexOf(document.activeElement);
    const entry = { slug: row.dataset.slug, file: row.dataset.file };
    const status = row.dataset.status;
    if (event.key === "j") rows[at + 1]?.focus();
    else if (event.key === "k") rows[at - 1]?.focus();
    else if (event.key === "s") decide(entry, status === "shortlisted" ? "inbox" : "shortlisted");
    else if (event.key === "x") decide(entry, status === "rejected" ? "inbox" : "rejected");
    else if (event.key === "Enter") { (rows[at + 1] ?? rows[at - 1])?.focus(); board.take(entry.slug, board.sections()[0] ?? ""); }
    else return false;
    return true;
  }

  return { load, key };
}
