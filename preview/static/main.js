// Starts the page: who one is, which chats are on the screen, and what happens in them.
import { icon } from "./dom.js";
import { pane } from "./pane.js";
import { drawClock, drawPeople, wireClock } from "./side.js";
import { follow, listen, load, store } from "./store.js";

const wide = matchMedia("(min-width: 1100px)");
const box = document.getElementById("panes");
const people = document.getElementById("people");
const splitButton = document.getElementById("split");
const themeButton = document.getElementById("theme");
let panes = [];
let main = 0;
let split = localStorage.getItem("preview.split") !== "off";

const ids = () => [...store.people.keys()];
const staff = () => [...store.people.values()].find((person) => person.role === "staff")?.id ?? ids().at(-1);

function choose(id) {
  main = id;
  localStorage.setItem("preview.person", id);
  arrange();
  panes[0]?.focus();
}

function arrange() {
  if (!store.people.has(main)) main = ids()[0];
  const other = main === staff() ? null : staff();
  const wanted = [main, ...(split && wide.matches && other ? [other] : [])];
  if (wanted.join() !== panes.map((one) => one.person).join()) {
    panes = wanted.map((id) => panes.find((one) => one.person === id) || pane(id));
    box.replaceChildren(...panes.map((one) => one.node));
    panes.forEach((one) => one.redraw());
  }
  store.panes = wanted;
  if (!document.hidden) wanted.forEach((id) => { store.chats.get(id).unread = 0; });
  splitButton.hidden = !wide.matches;
  splitButton.setAttribute("aria-pressed", String(split));
  drawSide();
}

function drawSide() {
  const [first, second] = store.panes;
  drawPeople(people, first, second, choose);
  document.getElementById("bot-name").textContent = store.bot.first_name;
  const unread = [...store.chats.values()].reduce((sum, chat) => sum + chat.unread, 0);
  document.title = `${unread ? `(${unread}) ` : ""}${store.bot.first_name} · preview`;
}

function theme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  themeButton.replaceChildren(icon(dark ? "sun" : "moon"));
  themeButton.setAttribute("aria-pressed", String(dark));
}

listen((event) => {
  document.getElementById("lost").hidden = event.type !== "offline";
  if (event.type === "loaded") {
    panes = [];
    arrange();
  }
  if (event.type === "clock") {
    drawClock();
    panes.forEach((one) => one.refresh());
  }
  const shown = panes.find((one) => one.person === event.person);
  if (shown) shown.take(event);
  if (store.bot) drawSide();
});

splitButton.append(icon("split"));
splitButton.addEventListener("click", () => {
  split = !split;
  localStorage.setItem("preview.split", split ? "on" : "off");
  arrange();
});
themeButton.addEventListener("click", () => {
  const dark = document.documentElement.dataset.theme !== "dark";
  localStorage.setItem("preview.theme", dark ? "dark" : "light");
  theme(dark);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ({ matches }) => {
  if (!localStorage.getItem("preview.theme")) theme(matches);
});
wide.addEventListener("change", arrange);
document.addEventListener("visibilitychange", () => { if (!document.hidden && store.bot) arrange(); });
setInterval(() => {
  drawClock();
  panes.forEach((one) => one.tick());
}, 1000);

theme(document.documentElement.dataset.theme === "dark");
wireClock();
main = Number(new URLSearchParams(location.search).get("person") || localStorage.getItem("preview.person"));
load().then((seq) => { drawClock(); follow(seq); });
