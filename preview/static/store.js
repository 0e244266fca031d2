// What the page knows, kept current by the stand-in's event stream.
const PREFIX = "/_preview";
export const store = { bot: null, people: new Map(), chats: new Map(), skew: 0, panes: [] };
const listeners = new Set();

export const listen = (listener) => listeners.add(listener);
const tell = (event) => listeners.forEach((listener) => listener(event));

export const now = () => new Date(Date.now() + store.skew);

export async function get(path) {
  const answer = await fetch(PREFIX + path);
  return checked(answer);
}

export async function post(path, body) {
  const form = body instanceof FormData;
  const headers = form ? {} : { "content-type": "application/json" };
  const answer = await fetch(PREFIX + path, { method: "POST", headers, body: form ? body : JSON.stringify(body) });
  return checked(answer);
}

async function checked(answer) {
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error || answer.statusText);
  return body;
}

export async function load() {
  const state = await get("/state");
  store.bot = state.bot;
  store.people = new Map(state.people.map((person) => [person.id, person]));
  setNow(state.now);
  const unread = new Map([...store.chats].map(([id, chat]) => [id, chat.unread]));
  store.chats.clear();
  await Promise.all(state.people.map(async ({ id }) => {
    const chat = await get(`/chats/${id}`);
    store.chats.set(id, {
      messages: new Map(chat.messages.filter((one) => !one.deleted).map((one) => [one.message_id, one])),
      keyboard: chat.keyboard, pinned: chat.pinned, paid: new Set(chat.paid),
      unread: unread.get(id) || 0, typing: 0,
    });
  }));
  tell({ type: "loaded" });
  return state.seq;
}

function setNow(moment) {
  store.skew = new Date(moment).getTime() - Date.now();
}

let source = null;

export function follow(seq) {
  source?.close();
  source = new EventSource(`${PREFIX}/events?after=${seq}`);
  let broken = false;
  source.onopen = async () => {
    if (broken) follow(await load());
    tell({ type: "online" });
  };
  source.onerror = () => {
    broken = true;
    tell({ type: "offline" });
  };
  source.onmessage = ({ data }) => take(JSON.parse(data));
}

async function take(event) {
  if (event.view) store.people.set(event.person, event.view);
  if (event.type === "reset" || event.type === "profile" || (event.person && !store.chats.has(event.person))) {
    follow(await load());
    return;
  }
  const chat = store.chats.get(event.person);
  if (event.type === "clock") setNow(event.now);
  if (event.type === "typing") chat.typing = Date.now() + 5500;
  if (chat && event.chat) Object.assign(chat, { keyboard: event.chat.keyboard, pinned: event.chat.pinned, paid: new Set(event.chat.paid) });
  if (event.type === "message") takeMessage(chat, event);
  tell(event);
}

function takeMessage(chat, event) {
  const message = event.message;
  const known = chat.messages.has(message.message_id);
  if (message.deleted) chat.messages.delete(message.message_id);
  else chat.messages.set(message.message_id, message);
  const fromBot = message.from.id === store.bot.id;
  event.fresh = !known && !message.deleted;
  if (fromBot) chat.typing = 0;
  const seen = store.panes.includes(event.person) && !document.hidden;
  if (event.fresh && fromBot && !seen) chat.unread += 1;
}
