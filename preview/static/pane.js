// One chat on the screen: its header, its messages, its composer.
import { composer } from "./composer.js";
import { avatar, el, icon, starred, stars } from "./dom.js";
import { drawMessage, isService, snippet } from "./message.js";
import { alert, browse, checkout, subscriptions, view } from "./sheet.js";
import { now, post, store } from "./store.js";

const GROUP_SECONDS = 300;
const PADDING = 12; // of .messages, in chat.css

export function pane(person) {
  const status = el("p", { "aria-live": "polite" });
  const title = el("h2", {});
  const balance = el("span", { class: "stars", testid: "stars", title: "Stars this person has" });
  const menu = el("div", { class: "menu", role: "menu", hidden: true });
  const more = el("button", { type: "button", class: "icon", testid: "chat-menu", "aria-label": "More", "aria-haspopup": "menu", "aria-expanded": "false" }, icon("more"));
  const head = el("header", { class: "chat-head" }, avatar(store.bot.first_name, store.bot.id + 3, "small"), el("div", { class: "chat-title" }, title, status), balance, more, menu);
  const pin = el("button", { type: "button", class: "pin", testid: "pinned", hidden: true });
  const rows = el("div", { class: "rows", role: "log", "aria-label": "Messages", "aria-relevant": "additions" });
  const list = el("div", { class: "messages", tabindex: "-1" }, rows);
  const missed = el("span", { class: "badge", hidden: true });
  const down = el("button", { type: "button", class: "down", testid: "scroll-down", "aria-label": "To the newest message", hidden: true }, icon("down"), missed);
  const below = el("div", { class: "below" }, down);
  const node = el("section", { class: "pane", testid: `pane-${person}`, "aria-label": `Chat of ${store.people.get(person).name}` }, head, pin, list, below);
  const nodes = new Map();
  const days = new Map();
  let unseen = 0;
  let toastTimer = 0;
  let idle = 0;

  const acts = {
    person, alert, view,
    toast(words) {
      below.querySelector(".toast")?.remove();
      clearTimeout(toastTimer);
      below.append(el("div", { class: "toast", role: "status", testid: "toast" }, words));
      toastTimer = setTimeout(() => below.querySelector(".toast")?.remove(), 3500);
    },
    async send(text, replyTo) {
      await post("/send", { person, text, reply_to: replyTo || 0 }).catch((wrong) => acts.toast(wrong.message));
      toBottom();
    },
    reply: (message) => writer.setReply(message),
    jump(id) {
      const target = nodes.get(id)?.node;
      if (!target) return;
      target.scrollIntoView({ block: "center", behavior: "smooth" });
      target.classList.remove("flash");
      requestAnimationFrame(() => target.classList.add("flash"));
    },
    pay: (where) => checkout(person, where, acts.toast),
    open: (address) => openAddress(address, acts),
  };
  const writer = composer(person, acts);
  below.append(writer.node);

  const atBottom = () => list.scrollHeight - list.scrollTop - list.clientHeight < 90;
  function toBottom(behavior = "auto") {
    list.scrollTo({ top: list.scrollHeight, behavior });
    unseen = 0;
    scrolled();
  }
  function scrolled() {
    if (atBottom()) unseen = 0;
    const top = list.getBoundingClientRect().top;
    const drawn = [...rows.querySelectorAll(".day")];
    // A day sticks below the list's padding; one that has not been reached stands lower.
    const stuckDays = drawn.filter((day) => list.scrollTop > PADDING && day.getBoundingClientRect().top < top + PADDING + 2);
    for (const day of drawn) {
      day.classList.toggle("floating", stuckDays.includes(day));
      day.classList.toggle("passed", stuckDays.includes(day) && day !== stuckDays.at(-1));
    }
    list.classList.add("scrolling");
    clearTimeout(idle);
    idle = setTimeout(() => list.classList.remove("scrolling"), 900);
    down.hidden = atBottom();
    missed.hidden = !unseen;
    missed.textContent = unseen;
  }

  function draw() {
    const chat = store.chats.get(person);
    const messages = [...chat.messages.values()].sort((a, b) => a.message_id - b.message_id);
    const wanted = [];
    for (const [index, message] of messages.entries()) {
      const before = messages[index - 1];
      if (!before || dayOf(before) !== dayOf(message)) wanted.push(separatorOf(message));
      const kept = nodeOf(message, chat);
      const joins = (other) => other && !isService(other) && other.from.id === message.from.id && dayOf(other) === dayOf(message) && Math.abs(other.date - message.date) < GROUP_SECONDS;
      kept.classList.toggle("first", !joins(before));
      kept.classList.toggle("last", !joins(messages[index + 1]));
      wanted.push(kept);
    }
    for (const id of nodes.keys()) if (!chat.messages.has(id)) nodes.delete(id);
    if (!messages.length) wanted.push(about());
    place(rows, wanted);
    drawHead();
    writer.update();
  }
  function separatorOf(message) {
    const day = dayOf(message);
    if (!days.has(day)) days.set(day, el("div", { class: "day", role: "separator" }, el("span", {})));
    days.get(day).firstChild.textContent = dayName(message);
    return days.get(day);
  }
  function nodeOf(message, chat) {
    const known = nodes.get(message.message_id);
    const paid = chat.paid.has(message.message_id);
    if (known && known.seq === message.seq && known.paid === paid) return known.node;
    const drawn = drawMessage(message, chat, acts);
    nodes.set(message.message_id, { node: drawn, seq: message.seq, paid });
    return drawn;
  }
  function drawHead() {
    const one = store.people.get(person);
    const chat = store.chats.get(person);
    const typing = chat.typing > Date.now();
    title.textContent = store.bot.first_name;
    status.classList.toggle("typing", typing);
    const dots = el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
    const said = one.blocked ? "blocked" : `bot · you are ${one.name}${one.role ? ` (${one.role})` : ""}`;
    if (typing) { if (!status.querySelector(".dots")) status.replaceChildren("typing", dots); } else status.replaceChildren(said);
    if (balance.dataset.amount !== String(one.stars)) { balance.dataset.amount = one.stars; balance.replaceChildren(...starred(stars(one.stars))); }
    const last = chat.messages.get(chat.pinned[chat.pinned.length - 1]);
    pin.hidden = !last;
    if (last) pin.replaceChildren(el("div", {}, el("b", {}, "Pinned message"), el("span", {}, snippet(last))));
    pin.onclick = () => acts.jump(last.message_id);
  }
  function about() {
    const one = store.people.get(person);
    return el("div", { class: "about" }, avatar(store.bot.first_name, store.bot.id + 3), el("h3", {}, store.bot.first_name), el("p", {}, one.description || `@${store.bot.username}`));
  }
  function drawMenu() {
    const one = store.people.get(person);
    const item = (words, work, extra = "") => el("button", { type: "button", role: "menuitem", class: extra, onclick: () => { closeMenu(); work(); } }, words);
    menu.replaceChildren(
      item("Star subscriptions", () => subscriptions(person)),
      item("Send /start", () => acts.send("/start")),
      one.blocked ? item("Unblock the bot", () => post("/unblock", { person })) : item("Block the bot", () => post("/block", { person }), "danger"),
    );
  }
  function closeMenu() { menu.hidden = true; more.setAttribute("aria-expanded", "false"); }

  more.addEventListener("click", (event) => {
    event.stopPropagation();
    drawMenu();
    menu.hidden = !menu.hidden;
    more.setAttribute("aria-expanded", String(!menu.hidden));
    if (!menu.hidden) menu.firstChild.focus();
  });
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) closeMenu(); });
  menu.addEventListener("keydown", (event) => { if (event.key === "Escape") { closeMenu(); more.focus(); } });
  list.addEventListener("scroll", scrolled, { passive: true });
  down.addEventListener("click", () => toBottom("smooth"));
  list.addEventListener("load", () => { if (unseen === 0 && list.scrollHeight - list.scrollTop - list.clientHeight < 500) toBottom(); }, true);
  new ResizeObserver(() => { if (unseen === 0 && stuck) toBottom(); }).observe(list);
  let stuck = true;
  list.addEventListener("scroll", () => { stuck = atBottom(); }, { passive: true });

  draw();
  requestAnimationFrame(() => toBottom());
  return {
    node, person, acts, focus: writer.focus,
    tick: drawHead,
    refresh: draw,
    take(event) {
      const follow = atBottom() || event.message?.from.id === person;
      draw();
      if (event.fresh) nodes.get(event.message.message_id)?.node.classList.add("fresh");
      if (follow) toBottom();
      else if (event.fresh) { unseen += 1; scrolled(); }
    },
    redraw: () => { nodes.clear(); draw(); toBottom(); },
  };
}

const dayOf = (message) => new Date(message.date * 1000).toDateString();

function dayName(message) {
  const date = new Date(message.date * 1000);
  const facts = { day: "numeric", month: "long" };
  if (date.getFullYear() !== now().getFullYear()) facts.year = "numeric";
  return date.toDateString() === now().toDateString() ? "Today" : date.toLocaleDateString("en", facts);
}

function place(parent, wanted) {
  let at = parent.firstChild;
  for (const node of wanted) {
    if (node === at) { at = at.nextSibling; continue; }
    parent.insertBefore(node, at);
  }
  while (at) { const next = at.nextSibling; at.remove(); at = next; }
}

async function openAddress(address, acts) {
  const bot = store.bot.username.toLowerCase();
  let url;
  try {
    url = new URL(address);
  } catch {
    url = new URL(`http://${address}`);
  }
  const parts = url.pathname.split("/").filter(Boolean);
  if (url.protocol === "tg:" && url.hostname === "resolve") return startWith(url.searchParams.get("start"), acts);
  const telegram = ["t.me", "telegram.me"].includes(url.hostname);
  const local = url.origin === location.origin && parts[0] === "t.me";
  const name = (local ? parts[1] : parts[0]) || "";
  if (telegram && (name.startsWith("$") || name === "invoice")) return acts.pay({ link: address });
  if ((telegram || local) && name.toLowerCase() === bot) return startWith(url.searchParams.get("start"), acts);
  if (telegram) return acts.toast(`In Telegram this opens ${url.hostname}${url.pathname}`);
  if (!/^https?:$/.test(url.protocol)) return acts.toast("This link only works in Telegram.");
  return browse(url.href, (start) => startWith(start, acts));
}

async function startWith(start, acts) {
  if (start !== null && start !== undefined) await acts.send(start ? `/start ${start}` : "/start");
}
