// A message's text with its entities. Offsets are UTF-16 units, as in JavaScript's own strings.
import { copy, el, icon } from "./dom.js";

// These stand on lines of their own, so the line breaks around them are not drawn twice.
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

export function formatted(text, entities, acts) {
  const sorted = [...(entities || [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return range(text, 0, text.length, sorted, acts);
}

function range(text, start, end, entities, acts) {
  const nodes = [];
  let at = start;
  let index = 0;
  while (index < entities.length) {
    const entity = entities[index];
    const first = Math.max(entity.offset, at);
    const last = Math.min(entity.offset + entity.length, end);
    index += 1;
    if (last <= first) continue;
    const inner = [];
    while (index < entities.length && entities[index].offset < last) inner.push(entities[index++]);
    const block = BLOCKS.has(entity.type);
    if (first > at) nodes.push(text.slice(at, block && text[first - 1] === "\n" ? first - 1 : first));
    const children = range(text, first, last, inner, acts);
    nodes.push(wrap(entity, text.slice(first, last), children, acts));
    at = block && text[last] === "\n" ? last + 1 : last;
  }
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

function wrap(entity, text, children, acts) {
  const simple = { bold: "strong", italic: "em", underline: "u", strikethrough: "s" }[entity.type];
  if (simple) return el(simple, {}, ...children);
  switch (entity.type) {
    case "spoiler": return spoiler(children);
    case "code": return code(text, acts);
    case "pre": return block(text, entity.language, acts);
    case "blockquote": return el("blockquote", {}, ...children);
    case "expandable_blockquote": return folded(children);
    case "text_link": return link(entity.url, children, acts);
    case "url": return link(text.includes("://") ? text : `https://${text}`, children, acts);
    case "email": return el("a", { href: `mailto:${text}` }, ...children);
    case "bot_command": return el("button", { type: "button", class: "command", onclick: () => acts.send(text) }, ...children);
    case "mention": case "text_mention": case "hashtag": return el("span", { style: "color:var(--link)" }, ...children);
    default: return el("span", {}, ...children);
  }
}

function link(url, children, acts) {
  if (!/^(https?|tg):\/\//i.test(url)) return el("span", {}, ...children);
  const open = (event) => { event.preventDefault(); acts.open(url); };
  return el("a", { href: url, rel: "noopener noreferrer", target: "_blank", onclick: open, title: url }, ...children);
}

function spoiler(children) {
  const hide = el("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Hidden text. Press to show it." }, ...children);
  const show = () => {
    hide.classList.add("open");
    for (const name of ["role", "tabindex", "aria-label"]) hide.removeAttribute(name);
  };
  hide.addEventListener("click", (event) => { if (!hide.classList.contains("open")) { event.stopPropagation(); event.preventDefault(); show(); } }, true);
  hide.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); show(); } });
  return hide;
}

function code(text, acts) {
  const take = async () => { await copy(text); acts.toast("Copied"); };
  return el("code", { role: "button", tabindex: "0", title: "Copy", "aria-label": `${text}. Press to copy.`, onclick: take, onkeydown: (event) => { if (event.key === "Enter") take(); } }, text);
}

function block(text, language, acts) {
  const take = async () => { await copy(text); acts.toast("Copied"); };
  const head = el("div", { class: "pre-head" }, language || "code", el("button", { type: "button", onclick: take, "aria-label": "Copy" }, sized("copy")));
  return el("div", { class: "pre" }, head, el("pre", { onclick: take }, text));
}

function folded(children) {
  const more = el("button", { type: "button", class: "fold", "aria-expanded": "false" }, "Show more");
  const quote = el("blockquote", { class: "folds" }, ...children, more);
  more.addEventListener("click", () => {
    const open = quote.classList.toggle("open");
    more.textContent = open ? "Show less" : "Show more";
    more.setAttribute("aria-expanded", open);
  });
  return quote;
}

function sized(name) {
  const drawn = icon(name);
  drawn.style.width = "16px";
  return drawn;
}
