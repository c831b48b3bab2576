// What pages gain where scripts run. Everything works without it: forms, links and the refresh header do the same more slowly.

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// Parts that change by themselves: <section data-live="/address/of/the/part" data-every="2000">. The server draws the part; what
// differs replaces what is shown. A sentence in data-say is read out when it changes.
async function keepLive(part) {
  const every = Number(part.dataset.every) || 3000;
  let failures = 0;
  for (;;) {
    await sleep(every * Math.min(2 ** failures, 10));
    if (document.hidden) await new Promise((seen) => document.addEventListener("visibilitychange", seen, { once: true }));
    try {
      const answer = await fetch(part.dataset.live, { headers: { Accept: "text/html" }, redirect: "error" });
      // Signed out, or gone: the whole page says it better than a part of it.
      if (answer.status === 401 || answer.status === 404) return location.reload();
      if (!answer.ok) throw new Error(String(answer.status));
      swap(part, await answer.text());
      if (part.querySelector("[data-over]")) return;
      failures = 0;
      markOld(part, false);
    } catch {
      failures++;
      // One may be a hiccup; what is shown is not marked for it.
      if (failures > 1) markOld(part, true);
    }
  }
}

// What cannot be drawn again stays, and is marked as old, in the words of data-old.
function markOld(part, isOld) {
  const mark = part.previousElementSibling?.matches(".notice.old") ? part.previousElementSibling : null;
  if (!part.dataset.old || isOld === !!mark) return;
  if (mark) return mark.remove();
  const notice = document.createElement("div");
  notice.className = "notice low old";
  notice.setAttribute("role", "status");
  notice.textContent = part.dataset.old;
  part.before(notice);
}

// What a part was last drawn from: what enhance() did to it since does not make it different.
const drawnFrom = new WeakMap();

function swap(part, html) {
  // What somebody is pressing, typing into or reading in a dialog stays until he is done.
  if (part.querySelector("form:focus-within, dialog:focus-within")) return;
  const next = [...new DOMParser().parseFromString(html, "text/html").body.children];
  const shown = [...part.children];
  next.forEach((node, at) => {
    const source = node.outerHTML;
    if (shown[at] && (drawnFrom.get(shown[at]) === source || shown[at].isEqualNode(node))) return;
    drawnFrom.set(node, source);
    shown[at] ? shown[at].replaceWith(node) : part.append(node);
    enhance(node);
  });
  shown.slice(next.length).forEach((node) => node.remove());
  say(part.querySelector("[data-say]")?.dataset.say);
}

let last;
function say(text) {
  if (text === undefined || text === last) return;
  if (last !== undefined) document.getElementById("said").textContent = text;
  last = text;
}

function enhance(root) {
  const all = (selector) => [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];
  all("[data-live]").forEach((part) => (say(part.querySelector("[data-say]")?.dataset.say), keepLive(part)));
  // Without a script a dialog is open in its place; with one it is modal, once a visit.
  all("dialog[data-modal]").forEach((dialog) => {
    const seen = `dialog:${dialog.dataset.modal}`;
    dialog.removeAttribute("open");
    if (sessionStorage.getItem(seen)) return;
    sessionStorage.setItem(seen, "1");
    dialog.showModal();
  });
  all("[data-copy]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      const said = button.textContent;
      button.textContent = button.dataset.copied;
      await sleep(1600);
      button.textContent = said;
    });
  });
  all("form[data-auto]").forEach((form) => form.addEventListener("change", () => form.requestSubmit()));
  // A second press of a button that buys or grants does nothing while the first is on its way.
  all("form[method=post]").forEach((form) => form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 8000);
  }));
}

// The page that is come back to by the browser's button shows what is, not what was.
addEventListener("pageshow", (event) => event.persisted && location.reload());
enhance(document);
