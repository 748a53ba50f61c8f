// The HTML as it is sent, with its tags coloured and the place where Gmail stops reading.

import { $, el } from "./api.js";

const TAG = /<!--[\s\S]*?-->|<\/?[a-zA-Z!][^>]*>/g;

function coloured(text) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(TAG)) {
    if (found.index > at) parts.push(text.slice(at, found.index));
    parts.push(el("span", { class: found[0].startsWith("<!--") ? "comment" : "tag" }, found[0]));
    at = found.index + found[0].length;
  }
  parts.push(text.slice(at));
  return parts;
}

export function showSource(html, limit) {
  const bytes = new TextEncoder().encode(html);
  if (bytes.length <= limit) {
    $("source").replaceChildren(...coloured(html));
    return;
  }
  const seen = new TextDecoder().decode(bytes.slice(0, limit)).replace(/\ufffd$/, "");
  $("source").replaceChildren(...coloured(seen), el("span", { class: "cut" }, "Gmail stops here: what follows is hidden behind “View entire message”"), ...coloured(html.slice(seen.length)));
}
