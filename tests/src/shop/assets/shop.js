// The shop's only script: pages that change by themselves, and the panel beside them. Every page
// works without it.

const EVERY_MS = 1000;
const folds = "sangrai-behind";

// Asks again and again while the page is looked at; `ask` says false when it wants no more.
function repeatedly(ask) {
  let running = false;
  const turn = async () => {
    if (running || document.hidden) return;
    running = true;
    const more = await ask().catch(() => true);
    running = false;
    if (more === false) return stop();
  };
  const timer = setInterval(turn, EVERY_MS);
  const stop = () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", turn);
  };
  document.addEventListener("visibilitychange", turn);
  turn();
  return turn;
}

// The order: its part of the page is replaced when the webhook has changed it.
for (const first of document.querySelectorAll("[data-live]")) {
  let shown = first;
  const look = repeatedly(async () => {
    const answer = await fetch(`${shown.dataset.live}&seen=${shown.dataset.seen}`);
    if (answer.status !== 200) return answer.status !== 404;
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    const fresh = holder.content.firstElementChild;
    fresh.dataset.fresh = "";
    shown.replaceWith(fresh);
    shown = fresh;
  });
  for (const news of ["kasir:paid", "kasir:expired", "kasir:cancelled"]) {
    document.addEventListener(news, look);
  }
}

// The conversation: lines that are there already stay as they are, open ones open.
for (const talk of document.querySelectorAll("[data-talk]")) {
  let heard = "";
  repeatedly(async () => {
    if (talk.offsetParent === null) return;
    const text = await (await fetch(talk.dataset.talk)).text();
    if (text === heard) return;
    const first = heard === "";
    heard = text;
    const holder = document.createElement("template");
    holder.innerHTML = text;
    const atTheEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 48;
    const known = new Map([...talk.children].map((line) => [line.dataset.key, line]));
    const lines = [...holder.content.children].map((line) => {
      const old = known.get(line.dataset.key);
      if (old?.said === line.outerHTML) return old;
      line.said = line.outerHTML;
      if (old?.querySelector("details").open) line.querySelector("details").open = true;
      if (!old && !first) line.dataset.new = "";
      return line;
    });
    talk.replaceChildren(...lines);
    if (atTheEnd || first) talk.scrollTop = talk.scrollHeight;
  });
}

// The buttons press where they are instead of leaving the page.
for (const tools of document.querySelectorAll(".tools")) {
  tools.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter;
    const body = new URLSearchParams({ deed: button.value, part: "1" });
    const answer = await fetch(tools.action, { method: "POST", body }).catch(() => null);
    const { armed, notArmed } = tools.dataset;
    const output = tools.querySelector("output");
    output.className = answer?.ok ? "out-of-sight" : "tools__word";
    output.value = answer?.ok ? armed : notArmed;
    if (!answer?.ok) return;
    if (button.getAttribute("role") === "switch") {
      const on = button.getAttribute("aria-checked") !== "true";
      button.setAttribute("aria-checked", on);
      button.value = on ? "winpay_down" : "winpay_up";
      return;
    }
    button.dataset.armed = "";
    setTimeout(() => delete button.dataset.armed, 2000);
  });
}

// The panel stays as the visitor left it.
const fold = document.querySelector(".behind__fold");
if (fold) {
  if (localStorage.getItem(folds) === "closed") fold.open = false;
  fold.addEventListener("toggle", () => localStorage.setItem(folds, fold.open ? "open" : "closed"));
}
