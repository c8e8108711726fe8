// What the theme leaves to be said to a reader who cannot see the page.
for (const caption of document.querySelectorAll(".caption[role=heading]")) {
  caption.setAttribute("aria-level", "2");
}
document.querySelector(".sidebar-drawer")?.setAttribute("aria-label", "All pages");
document.querySelector(".toc-drawer")?.setAttribute("aria-label", "This page");

// The page of the search has no heading of its own.
const article = document.querySelector("article[role=main], [role=main]");
if (article && !document.querySelector("h1")) {
  const heading = document.createElement("h1");
  heading.textContent = document.title.split(" - ")[0];
  article.prepend(heading);
}

// What scrolls sideways can be reached and scrolled by keyboard.
for (const box of document.querySelectorAll(".table-wrapper, div.highlight pre")) {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
}
