// The people one can be, and the time one can skip.
import { avatar, el, icon, starred } from "./dom.js";
import { snippet } from "./message.js";
import { now, post, store } from "./store.js";

const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "short" });
const calendar = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const MOVES = [["+1 hour", 3600], ["+7 days", 7 * 86400], ["+1 month", 0]];

export function drawPeople(box, main, beside, choose) {
  box.replaceChildren(...[...store.people.values()].map((person) => {
    const chat = store.chats.get(person.id);
    const last = [...(chat?.messages.values() || [])].sort((a, b) => a.message_id - b.message_id).pop();
    const time = last ? stamp(new Date(last.date * 1000)) : "";
    const typing = chat?.typing > Date.now();
    const own = last && last.from.id === person.id && !last.successful_payment ? "You: " : "";
    const words = typing ? "typing…" : person.blocked ? "Bot blocked" : last ? own + snippet(last) : "Has not started yet";
    const row = el("button", { type: "button", class: `person${beside === person.id ? " beside" : ""}`, testid: `person-${person.id}`, "aria-current": String(main === person.id), title: person.name },
      avatar(person.name, person.id),
      el("span", { class: "person-lines" },
        el("span", { class: "person-line" }, el("span", { class: "person-name" }, person.name, " ", el("span", { class: "person-role" }, person.role || person.language)), el("span", { class: "person-time" }, time)),
        el("span", { class: "person-line" }, el("span", { class: "person-snippet" }, ...starred(words)))),
      chat?.unread ? el("span", { class: "badge", testid: `unread-${person.id}`, "aria-label": `${chat.unread} unread` }, String(chat.unread)) : null);
    row.setAttribute("aria-label", `${person.name}${chat?.unread ? `, ${chat.unread} unread` : ""}`);
    row.addEventListener("click", () => choose(person.id));
    return row;
  }));
}

function stamp(date) {
  return date.toDateString() === now().toDateString() ? hour.format(date) : new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" }).format(date);
}

export function drawClock() {
  const moment = now();
  document.getElementById("clock-weekday").textContent = weekday.format(moment);
  document.getElementById("clock-date").textContent = calendar.format(moment);
  document.getElementById("clock-year").textContent = moment.getFullYear();
  document.getElementById("clock-date").title = moment.toLocaleString();
  document.getElementById("clock-hour").textContent = hour.format(moment);
}

export function wireClock() {
  const next = document.getElementById("next-day");
  const more = document.getElementById("more-time");
  const menu = document.getElementById("time-menu");
  const error = document.getElementById("clock-error");
  const show = (open) => { menu.hidden = !open; more.setAttribute("aria-expanded", String(open)); };
  const month = () => {
    const later = now();
    const day = later.getDate();
    later.setMonth(later.getMonth() + 1);
    if (later.getDate() !== day) later.setDate(0);
    return Math.round((later - now()) / 1000);
  };
  const move = async (seconds) => {
    if (next.getAttribute("aria-busy") === "true") return;
    show(false);
    next.setAttribute("aria-busy", "true");
    error.hidden = true;
    let failed = null;
    try {
      failed = (await post("/clock", { seconds })).error;
    } catch (wrong) {
      failed = wrong.message;
    }
    next.removeAttribute("aria-busy");
    error.hidden = !failed;
    error.textContent = failed || "";
  };
  more.append(icon("down"));
  menu.append(...MOVES.map(([words, seconds]) => el("button", { type: "button", role: "menuitem", testid: `skip-${words.slice(1).replace(" ", "-")}`, onclick: () => move(seconds || month()) }, words)));
  next.addEventListener("click", () => move(86400));
  more.addEventListener("click", (event) => { event.stopPropagation(); show(menu.hidden); if (!menu.hidden) menu.firstChild.focus(); });
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) show(false); });
  menu.addEventListener("keydown", (event) => { if (event.key === "Escape") { show(false); more.focus(); } });
}
