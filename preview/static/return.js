// Someone came back from the shop's page: tell the chat behind this frame, or become the chat.
const asked = new URLSearchParams(location.search);
const start = asked.get("start") ?? "";

async function here() {
  const known = await (await fetch("/_preview/people")).json();
  const wanted = Number(asked.get("person") || localStorage.getItem("preview.person"));
  const person = (known.find((one) => one.id === wanted) || known[0]).id;
  const body = JSON.stringify({ person, text: start ? `/start ${start}` : "/start" });
  if (asked.has("start")) await fetch("/_preview/send", { method: "POST", headers: { "content-type": "application/json" }, body });
  location.replace(`/?person=${person}`);
}

if (window.parent !== window) {
  window.parent.postMessage({ type: "preview:start", start }, location.origin);
} else {
  here().catch(() => { document.getElementById("word").textContent = "The preview does not answer."; });
}
