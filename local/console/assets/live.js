// Keeps a page that is marked as live up to date: fetches it again and puts the new <main> in place where it differs.
// What a person is doing (selecting, typing, reading an opened detail) is left alone.
"use strict";
if (document.body.hasAttribute("data-live")) {
  const fresh = (text) => new DOMParser().parseFromString(text, "text/html");
  const busy = () =>
    document.hidden || String(getSelection()) !== "" || ["INPUT", "SELECT"].includes(document.activeElement.tagName);
  const opened = (root) => [...root.querySelectorAll("details")].map((d) => d.open);
  let last = "";
  const refresh = async () => {
    if (busy()) return;
    try {
      const answer = await fetch(location.href);
      if (!answer.ok || busy()) return;
      const text = await answer.text();
      document.body.classList.remove("gone");
      if (text === last) return;
      const page = fresh(text);
      const main = document.querySelector("main");
      const next = page.querySelector("main");
      const open = opened(main);
      const bottom = innerHeight + scrollY >= document.body.scrollHeight - 4 && scrollY > 0;
      if (last !== "" || main.innerHTML !== next.innerHTML) {
        main.innerHTML = next.innerHTML;
        document.querySelector("header nav").innerHTML = page.querySelector("header nav").innerHTML;
        main.querySelectorAll("details").forEach((d, i) => { if (i < open.length) d.open = open[i]; });
        if (bottom) scrollTo(0, document.body.scrollHeight);
      }
      last = text;
    } catch {
      document.body.classList.add("gone");
    }
  };
  setInterval(refresh, 1500);
}
