// One message: its bubble, what is in it, and the buttons below.
import { copy, el, icon, money, starred } from "./dom.js";
import { post, store } from "./store.js";
import { formatted } from "./text.js";

const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en", { day: "numeric", month: "long" });

export function snippet(message) {
  if (!message) return "";
  const payment = message.successful_payment;
  if (payment) return `You paid ${money(payment.total_amount, payment.currency)}`;
  if (message.refunded_payment) return `Refunded ${money(message.refunded_payment.total_amount, message.refunded_payment.currency)}`;
  if (message.pinned_message) return "Pinned a message";
  if (message.contact) return `Contact: ${message.contact.phone_number}`;
  const words = (message.text || message.caption || "").replace(/\s+/g, " ");
  if (message.photo) return `🖼 ${words || "Photo"}`;
  if (message.document) return `📎 ${words || message.document.file_name}`;
  return message.invoice ? `🧾 ${message.invoice.title}` : words;
}

export const isService = (message) => Boolean(message.successful_payment || message.refunded_payment || message.pinned_message);

export function drawMessage(message, chat, acts) {
  if (isService(message)) return service(message);
  const out = message.from.id !== store.bot.id;
  const words = message.text || message.caption;
  const bubble = el("div", { class: `bubble${message.photo && !words ? " bare" : ""}` },
    message.forward_origin ? el("div", { class: "origin" }, `Forwarded from ${message.forward_origin.sender_user.first_name}`) : null,
    message.reply_to_message ? quoteOf(message.reply_to_message, acts) : null,
    message.photo ? photo(message, acts) : null,
    message.document ? file(message.document) : null,
    message.contact ? contact(message.contact) : null,
    message.invoice ? invoice(message.invoice) : null,
    el("div", { class: "text" }, ...(words ? formatted(words, message.entities || message.caption_entities, acts) : []), meta(message, out)),
    message.reactions ? el("div", { class: "reactions" }, ...message.reactions.map((one) => el("span", {}, one.emoji || "⭐"))) : null,
  );
  const keyboard = inline(message, chat, acts);
  const row = el("article", { class: `row${out ? " out" : ""}${keyboard ? " keys" : ""}${message.invoice || message.photo ? " wide" : ""}`, testid: `message-${message.message_id}`, "data-id": message.message_id, "aria-label": `${out ? "You" : store.bot.first_name}: ${snippet(message)}` },
    bubble, keyboard,
    el("button", { type: "button", class: "reply-to", "aria-label": "Reply", title: "Reply", onclick: () => acts.reply(message) }, icon("reply")));
  bubble.addEventListener("dblclick", (event) => { if (event.target === bubble || event.target.className === "text") acts.reply(message); });
  return row;
}

function service(message) {
  const paid = message.successful_payment;
  const back = message.refunded_payment;
  let words = `${message.from.id === store.bot.id ? store.bot.first_name : "You"} pinned “${snippet(message.pinned_message)}”`;
  if (paid) {
    const amount = money(paid.total_amount, paid.currency);
    const until = paid.subscription_expiration_date ? ` until ${day.format(new Date(paid.subscription_expiration_date * 1000))}` : "";
    words = `You successfully transferred ${amount} to ${store.bot.first_name}`;
    if (paid.is_recurring) words = paid.is_first_recurring ? `You subscribed for ${amount} a month${until}` : `Your subscription was renewed for ${amount}${until}`;
  }
  if (back) words = `${store.bot.first_name} refunded ${money(back.total_amount, back.currency)}`;
  return el("div", { class: "service", testid: `message-${message.message_id}`, "data-id": message.message_id, role: "note" }, ...starred(words));
}

function meta(message, out) {
  const date = new Date(message.date * 1000);
  const ticks = out ? icon("checks", "0 0 18 13") : null;
  return el("span", { class: "meta" }, message.edit_date ? el("span", {}, "edited") : null, el("time", { datetime: date.toISOString(), title: date.toLocaleString() }, hour.format(date)), ticks);
}

export function quoteOf(message, acts) {
  const name = message.from.id === store.bot.id ? store.bot.first_name : message.from.first_name;
  return el("button", { type: "button", class: "quote", onclick: () => acts.jump(message.message_id) }, el("b", {}, name), el("span", {}, snippet(message)));
}

function photo(message, acts) {
  const size = message.photo[message.photo.length - 1];
  const address = `/_preview/files/${encodeURIComponent(size.file_id)}`;
  const veiled = message.has_media_spoiler;
  const shape = `aspect-ratio:${size.width}/${size.height}`;
  const frame = el("button", { type: "button", class: `photo${veiled ? " veiled" : ""}`, "aria-label": veiled ? "Hidden picture. Press to show it." : "Open the picture" }, el("img", { src: address, alt: message.caption || "Photo", style: shape }));
  frame.addEventListener("click", () => {
    if (!frame.classList.contains("veiled")) return acts.view(address);
    frame.classList.remove("veiled");
    return frame.setAttribute("aria-label", "Open the picture");
  });
  return frame;
}

function file(document_) {
  const size = document_.file_size;
  const shown = size < 1024 ? `${size} B` : size < 1048576 ? `${(size / 1024).toFixed(1)} KB` : `${(size / 1048576).toFixed(1)} MB`;
  return el("a", { class: "file", href: `/_preview/files/${encodeURIComponent(document_.file_id)}`, download: document_.file_name },
    el("span", { class: "file-mark" }, icon("file")), el("span", {}, el("b", {}, document_.file_name), el("small", {}, shown)));
}

const contact = (one) => el("div", { class: "invoice" }, el("b", {}, one.first_name), el("p", {}, one.phone_number));

function invoice(one) {
  return el("div", { class: "invoice" }, el("b", {}, one.title), el("p", {}, one.description), el("small", {}, ...starred(`${money(one.total_amount, one.currency)} · Invoice`)));
}

function inline(message, chat, acts) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  const keys = (row) => row.map((button) => key(button, message, chat, acts));
  return el("div", { class: "keyboard", role: "group", "aria-label": "Buttons" }, ...rows.map((row) => el("div", { class: "key-row" }, ...keys(row))));
}

function key(button, message, chat, acts) {
  const paid = button.pay && chat.paid.has(message.message_id);
  const mark = button.url || button.web_app || button.login_url ? "link" : button.copy_text ? "copy" : button.pay ? "card" : null;
  const label = paid ? "Receipt" : button.text.replace("XTR", "⭐");
  const node = el("button", { type: "button", class: `key ${button.style || ""}`, disabled: Boolean(button.disabled) }, ...starred(label), mark ? el("span", { class: "sign" }, icon(mark)) : null);
  node.addEventListener("click", () => pressed(node, button, message, { ...acts, paid }));
  return node;
}

async function pressed(node, button, message, acts) {
  if (button.copy_text) {
    await copy(button.copy_text.text);
    return acts.toast("Copied");
  }
  if (button.pay) return acts.paid ? acts.toast("This invoice is paid.") : acts.pay({ message_id: message.message_id });
  const address = button.url || button.web_app?.url || button.login_url?.url;
  if (address) return acts.open(address);
  if (!button.callback_data) return acts.toast("This button does nothing in the preview.");
  if (node.classList.contains("busy")) return undefined;
  node.classList.add("busy");
  node.setAttribute("aria-busy", "true");
  try {
    const said = await post("/press", { person: acts.person, message_id: message.message_id, button: button.callback_data, wait: 15 });
    if (said.toast) (said.alert ? acts.alert : acts.toast)(said.toast);
    if (said.url) acts.open(said.url);
  } catch (wrong) {
    acts.toast(wrong.message);
  } finally {
    node.classList.remove("busy");
    node.removeAttribute("aria-busy");
  }
  return undefined;
}
