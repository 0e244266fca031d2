// Builds elements; text always goes in as text, so no message can become markup.
const SHAPES = {
  attach: "M21 11.5l-8.6 8.6a5.5 5.5 0 0 1-7.8-7.8l9-9a3.7 3.7 0 0 1 5.2 5.2l-9 9a1.8 1.8 0 0 1-2.6-2.6l8.2-8.1",
  card: "M2 7h20v11a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2zM2 7a2 2 0 0 1 2-2h16a2 2 0 0 1 2 2M2 11h20M6 16h4",
  check: "M5 13l4 4L19 7",
  checks: "M1 7l4 4L13 2M9 11l8-9",
  close: "M6 6l12 12M18 6L6 18",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  down: "M6 9l6 6 6-6",
  file: "M12 4v12M7 11l5 5 5-5M5 20h14",
  keys: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M8 14h8",
  link: "M7 17L17 7M9 7h8v8",
  menu: "M4 7h16M4 12h16M4 17h16",
  moon: "M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5z",
  more: "M12 5v.01M12 12v.01M12 19v.01",
  reply: "M10 7L4 12l6 5M4 12h9a7 7 0 0 1 7 7",
  send: "M3 20.5l19-8.5L3 3.5v6.6L15 12 3 13.9z",
  star: "M12 2.6l2.9 6 6.6.9-4.8 4.6 1.2 6.5L12 17.4l-5.9 3.2 1.2-6.5L2.5 9.5l6.6-.9z",
  split: "M3 5h18v14H3zM12 5v14",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5L19 19M5 19l1.5-1.5M17.5 6.5L19 5",
};
const SVG = "http://www.w3.org/2000/svg";

export function icon(name, box = "0 0 24 24") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", box);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

export function el(tag, facts = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(facts)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name === "testid") node.dataset.testid = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function avatar(name, id, extra = "") {
  const letters = [...name.trim()].slice(0, 1).join("").toUpperCase();
  return el("span", { class: `avatar tone-${id % 6} ${extra}`, "aria-hidden": "true" }, letters);
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea", { style: "position:fixed;opacity:0" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

export const stars = (amount) => `⭐ ${amount.toLocaleString("en")}`;

// Telegram draws its own star where a text says ⭐; so do we, whatever fonts there are. The sign
// itself stays in the text, for readers, for copying and for tests that look for a label.
export function starred(text) {
  return text.split(/(⭐\uFE0F?)/u).filter(Boolean).map((part) => (part.startsWith("⭐") ? el("span", { class: "star" }, icon("star"), part) : part));
}

export function money(amount, currency) {
  if (currency === "XTR") return stars(amount);
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}
