// A report to read: the contents follow the page, and all figures are drawn before it is printed.
"use strict";
(() => {
  const PAPER_PX = 660; // between the margins of A4 and of Letter
  live.start();
  const contents = document.getElementById("contents");
  if (contents) {
    const wide = window.matchMedia("(min-width: 69rem)");
    const fold = () => { contents.open = wide.matches; };
    wide.addEventListener("change", fold);
    fold();
    follow([...contents.querySelectorAll("a")]);
  }
  window.addEventListener("beforeprint", () => live.beforePrint(PAPER_PX));
  window.addEventListener("afterprint", () => live.afterPrint(PAPER_PX));

  // The link of the last block whose beginning has been passed is the one of here.
  function follow(links) {
    const targets = links.map((link) => document.getElementById(link.hash.slice(1)));
    let asked = false;
    const mark = () => {
      asked = false;
      const atEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;
      let here = -1;
      targets.forEach((target, place) => { if (target.getBoundingClientRect().top < 140) here = place; });
      if (atEnd && window.scrollY > 0) here = links.length - 1;
      links.forEach((link, place) => {
        if (place === here) link.setAttribute("aria-current", "location");
        else link.removeAttribute("aria-current");
      });
    };
    window.addEventListener("scroll", () => {
      if (!asked) { asked = true; requestAnimationFrame(mark); }
    }, { passive: true });
    mark();
  }
})();
