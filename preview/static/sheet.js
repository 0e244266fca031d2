// Everything that lies over the chat: alerts, the checkout, the in-app browser, pictures.
import { el, icon, money, starred, stars } from "./dom.js";
import { get, post, store } from "./store.js";

function open(dialog) {
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.showModal();
  return dialog;
}

function head(title, small, dialog, ...more) {
  return el("header", { class: "sheet-head" }, el("h2", {}, title, small ? el("small", {}, small) : null), ...more,
    el("button", { type: "button", class: "icon", testid: "close-sheet", "aria-label": "Close", onclick: () => dialog().close() }, icon("close")));
}

export function alert(words, title = store.bot.first_name) {
  const ok = el("button", { type: "button", autofocus: true }, "OK");
  const dialog = el("dialog", { class: "alert", testid: "alert", "aria-label": title }, el("h2", {}, title), el("p", {}, words), el("footer", {}, ok));
  ok.addEventListener("click", () => dialog.close());
  open(dialog);
}

export function view(address) {
  const dialog = el("dialog", { class: "viewer", "aria-label": "Picture" }, el("img", { src: address, alt: "" }));
  dialog.addEventListener("click", () => dialog.close());
  open(dialog);
}

let browser = null;

export function browse(address, back) {
  browser?.close();
  const host = new URL(address).host;
  const frame = el("iframe", { src: address, title: host, sandbox: "allow-scripts allow-forms allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-downloads allow-modals" });
  const away = el("a", { class: "icon", href: address, target: "_blank", rel: "noopener", testid: "open-tab", title: "Open in a new tab", "aria-label": "Open in a new tab" }, icon("link"));
  // A page of this very machine shows itself; a provider's may forbid being shown inside another.
  const hint = new URL(address).hostname === location.hostname ? null
    : el("footer", { class: "browser-foot" }, "Nothing to see? Pages may forbid being shown inside another: open it in a new tab, above.");
  const dialog = el("dialog", { class: "browser", testid: "sheet", "aria-label": `Page at ${host}` }, head(store.bot.first_name, host, () => dialog, away), frame, hint);
  browser = open(dialog);
  // The page that a shop returns people to lives on this origin and tells us where it was meant to lead.
  const listen = ({ origin, source, data }) => {
    if (origin !== location.origin || source !== frame.contentWindow || data?.type !== "preview:start") return;
    dialog.close();
    if (data.start) back(data.start); // as in Telegram, a link without a word only opens the chat
  };
  addEventListener("message", listen);
  dialog.addEventListener("close", () => { removeEventListener("message", listen); browser = null; });
}

export async function checkout(person, where, toast) {
  let bill;
  try {
    bill = await get(`/invoice?${new URLSearchParams({ person, ...where })}`);
  } catch (wrong) {
    toast(wrong.message);
    return;
  }
  const inStars = bill.currency === "XTR";
  const total = money(bill.total_amount, bill.currency);
  const wrong = el("p", { class: "wrong", role: "alert", testid: "pay-error", hidden: true });
  const pay = el("button", { type: "button", class: "big", testid: "pay", autofocus: true }, ...starred(inStars ? `Confirm and pay ${total}` : `Pay ${total}`));
  const decline = inStars ? null : el("button", { type: "button", class: "big plain", testid: "decline" }, "Decline");
  const body = el("div", { class: "checkout-body" }, ...(inStars ? starBill(bill, total) : cardBill(bill)), pay, decline, wrong, el("p", { class: "fine" }, "This is a preview: no money moves."));
  const dialog = el("dialog", { class: "checkout", testid: "sheet", "aria-label": "Pay" }, head(inStars ? "Confirm your purchase" : "Checkout", "", () => dialog, inStars ? el("span", { class: "balance" }, ...starred(stars(bill.stars))) : null), body);
  open(dialog);
  const attempt = async (outcome) => {
    const label = [...pay.childNodes];
    for (const button of [pay, decline]) if (button) button.disabled = true;
    if (outcome === "ok") pay.textContent = "Waiting for the bot…";
    wrong.hidden = true;
    const ended = await post("/pay", { person, ...where, outcome }).catch((error) => ({ paid: false, error: error.message }));
    pay.replaceChildren(...label);
    for (const button of [pay, decline]) if (button) button.disabled = false;
    if (ended.paid) return finish(dialog, body);
    wrong.textContent = ended.error;
    wrong.hidden = false;
    return undefined;
  };
  pay.addEventListener("click", () => attempt("ok"));
  decline?.addEventListener("click", () => attempt("decline"));
}

function starBill(bill, total) {
  const price = bill.period ? `${total} a month` : total;
  const short = bill.stars < bill.total_amount ? `You need ${stars(bill.total_amount - bill.stars)} more; they are bought with this tap.` : null;
  const renews = bill.period ? "It renews every 30 days until you cancel it." : null;
  return [el("div", { class: "checkout-star", "aria-hidden": "true" }, ...starred("⭐")), el("h3", {}, bill.title), el("p", {}, bill.description),
    el("p", {}, ...starred(`Do you want to ${bill.period ? "subscribe to" : "buy"} ${bill.title} in ${store.bot.first_name} for ${price}?`)),
    ...[renews, short].filter(Boolean).map((words) => el("p", { class: "fine" }, ...starred(words)))];
}

function cardBill(bill) {
  const row = (label, amount) => el("tr", {}, el("td", {}, label), el("td", {}, money(amount, bill.currency)));
  return [el("h3", {}, bill.title), el("p", {}, bill.description),
    el("table", { class: "prices" }, ...bill.prices.map((one) => row(one.label, one.amount)), row("Total", bill.total_amount)),
    el("div", { class: "card" }, icon("card"), el("span", {}, el("b", {}, "4242 4242 4242 4242"), el("small", {}, "Test card · 12/34 · CVC 123")))];
}

function finish(dialog, body) {
  body.replaceChildren(el("div", { class: "done" }, icon("check")), el("h3", {}, "Payment successful"));
  setTimeout(() => dialog.close(), 900);
}

export function subscriptions(person) {
  const dialog = el("dialog", { class: "subs", testid: "sheet", "aria-label": "Star subscriptions" });
  const draw = () => {
    const mine = store.people.get(person).subscriptions;
    const rows = mine.map((one) => {
      const active = one.state === "active" && !one.canceled_by_bot;
      const until = new Date(one.expires * 1000).toLocaleDateString("en", { day: "numeric", month: "long", year: "numeric" });
      const act = el("button", { type: "button", class: "act" }, active ? "Cancel" : "Renew again");
      act.addEventListener("click", async () => {
        await post("/star-subscription", { person, charge_id: one.charge_id, state: active ? "canceled" : "active" });
        store.people.set(person, (await get("/people")).find((other) => other.id === person));
        draw();
      });
      const how = active ? `renews on ${until}` : `${one.canceled_by_bot ? "stopped by the bot" : one.state}, ends on ${until}`;
      return el("li", {}, el("div", {}, one.title, el("small", {}, ...starred(`${stars(one.amount)} a month · ${how}`))), one.canceled_by_bot ? null : act);
    });
    dialog.replaceChildren(head("Star subscriptions", store.people.get(person).name, () => dialog), rows.length ? el("ul", {}, ...rows) : el("p", {}, "None yet. They are bought through a link with a monthly price in Stars."));
  };
  draw();
  open(dialog);
}
