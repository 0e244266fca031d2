// Where a person writes: text, files, commands, the bot's reply keyboard.
import { el, icon } from "./dom.js";
import { quoteOf } from "./message.js";
import { post, store } from "./store.js";

export function composer(person, acts) {
  const view = { replyTo: null, choice: -1, keysShown: true, lastKeyboard: null };
  const area = el("textarea", { rows: "1", placeholder: "Message", testid: "composer", "aria-label": "Message", autocomplete: "off", enterkeyhint: "send" });
  const send = el("button", { type: "button", class: "send", testid: "send", "aria-label": "Send", disabled: true }, icon("send"));
  const files = el("input", { type: "file", hidden: true, testid: "file" });
  const commands = el("div", { class: "commands", role: "listbox", "aria-label": "Commands", testid: "commands", hidden: true });
  const menu = el("button", { type: "button", class: "bot-menu", testid: "command-menu", "aria-label": "Commands", hidden: true }, icon("menu"), el("span", {}, "Menu"));
  const attach = el("button", { type: "button", class: "icon", "aria-label": "Send a file", title: "Send a file", testid: "attach" }, icon("attach"));
  const toggle = el("button", { type: "button", class: "icon", "aria-label": "Show the bot's keyboard", title: "Keyboard", testid: "toggle-keyboard", hidden: true }, icon("keys"));
  const replying = el("div", { class: "replying", hidden: true });
  const replies = el("div", { class: "replies", testid: "reply-keyboard", role: "group", "aria-label": "Answers", hidden: true });
  const line = el("div", { class: "composer" }, commands, el("div", { class: "field" }, replying, el("div", { class: "field-row" }, menu, area, toggle, attach)), send, files);
  const begin = el("button", { type: "button", class: "begin", testid: "start", hidden: true });
  const node = el("div", {}, line, begin, replies);

  const say = async (text) => {
    const reply = view.replyTo;
    setReply(null);
    await acts.send(text, reply?.message_id);
  };
  const submit = async () => {
    const text = area.value.trim();
    if (!text) return;
    area.value = "";
    typed();
    await say(text);
  };
  function typed() {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
    send.disabled = !area.value.trim();
    suggest(area.value.startsWith("/") && !/\s/.test(area.value) ? area.value.slice(1).toLowerCase() : null);
  }
  function suggest(start) {
    const all = store.people.get(person).commands;
    const fitting = start === null ? [] : all.filter((one) => one.command.startsWith(start));
    commands.hidden = !fitting.length;
    view.choice = start ? 0 : -1;
    commands.replaceChildren(...fitting.map((one, index) => el("button", { type: "button", role: "option", "aria-selected": String(index === view.choice), onclick: () => choose(one) }, el("b", {}, `/${one.command}`), el("span", {}, one.description))));
    menu.setAttribute("aria-expanded", String(!commands.hidden));
  }
  function choose(one) {
    area.value = "";
    typed();
    say(`/${one.command}`);
    area.focus();
  }
  function move(step) {
    const options = [...commands.children];
    view.choice = (view.choice + step + options.length) % options.length;
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === view.choice)));
    options[view.choice].scrollIntoView({ block: "nearest" });
  }
  function setReply(message) {
    view.replyTo = message;
    replying.hidden = !message;
    if (!message) return;
    const drop = el("button", { type: "button", class: "icon", "aria-label": "Do not reply", onclick: () => setReply(null) }, icon("close"));
    replying.replaceChildren(quoteOf(message, acts), drop);
    area.focus();
  }
  async function upload(file, kind) {
    const form = new FormData();
    form.append("person", person);
    if (area.value.trim()) form.append("caption", area.value.trim());
    if (view.replyTo) form.append("reply_to", view.replyTo.message_id);
    form.append(kind, file, file.name || "picture.png");
    area.value = "";
    setReply(null);
    typed();
    await post("/send", form).catch((wrong) => acts.toast(wrong.message));
  }
  const kindOf = (file) => (/^image\/(png|jpeg|webp|gif)$/.test(file.type) ? "photo" : "document");

  area.addEventListener("input", typed);
  area.addEventListener("keydown", (event) => {
    if (!commands.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      suggest(null);
      setReply(null);
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (!commands.hidden && view.choice >= 0) commands.children[view.choice].click();
      else submit();
    }
  });
  area.addEventListener("blur", () => setTimeout(() => { if (!node.contains(document.activeElement)) suggest(null); }, 150));
  area.addEventListener("paste", (event) => {
    const file = [...event.clipboardData.files][0];
    if (file) { event.preventDefault(); upload(file, kindOf(file)); }
  });
  send.addEventListener("click", submit);
  menu.addEventListener("click", () => { if (commands.hidden) { suggest(""); area.focus(); } else suggest(null); });
  attach.addEventListener("click", () => files.click());
  files.addEventListener("change", () => { for (const file of files.files) upload(file, kindOf(file)); files.value = ""; });
  toggle.addEventListener("click", () => { view.keysShown = !view.keysShown; update(); });
  begin.addEventListener("click", async () => {
    const one = store.people.get(person);
    if (one.blocked) await post("/unblock", { person });
    await say(one.started && !one.blocked ? "/start" : "/start");
  });

  function drawReplies(keyboard) {
    const rows = keyboard.keyboard.map((row) => el("div", { class: "key-row" }, ...row.map((button) => {
      const key = el("button", { type: "button", class: `key ${button.style || ""}` }, button.text);
      key.addEventListener("click", () => {
        if (button.request_contact) post("/contact", { person }).catch((wrong) => acts.toast(wrong.message));
        else if (button.request_location) acts.toast("The preview has no map; the location is not sent.");
        else if (button.web_app) acts.open(button.web_app.url);
        else say(button.text);
        if (keyboard.one_time_keyboard) { view.keysShown = false; update(); }
      });
      return key;
    })));
    replies.replaceChildren(...rows);
  }

  function update() {
    const one = store.people.get(person);
    const keyboard = store.chats.get(person).keyboard;
    const closed = !one.started || one.blocked;
    line.hidden = closed;
    begin.hidden = !closed;
    begin.textContent = one.blocked ? "Unblock and restart" : "Start";
    menu.hidden = !one.commands.length;
    if (keyboard !== view.lastKeyboard && JSON.stringify(keyboard) !== JSON.stringify(view.lastKeyboard)) {
      view.keysShown = true;
      if (keyboard?.force_reply) forceReply();
    }
    view.lastKeyboard = keyboard;
    const keys = Boolean(keyboard?.keyboard) && !closed;
    toggle.hidden = !keys;
    replies.hidden = !keys || !view.keysShown;
    area.placeholder = keyboard?.input_field_placeholder || "Message";
    if (keys) drawReplies(keyboard);
  }
  function forceReply() {
    const last = [...store.chats.get(person).messages.values()].reverse().find((one) => one.reply_keyboard?.force_reply);
    if (last) setReply(last);
  }
  update();
  return { node, update, setReply, focus: () => area.focus() };
}
