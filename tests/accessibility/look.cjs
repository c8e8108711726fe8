// Opens a page in Chromium, counts its requests, runs axe on it, and takes a screenshot if asked.
// node look.cjs PAGE.html WIDTH HEIGHT light|dark [SCREENSHOT.png]
const { pathToFileURL } = require("node:url");
const axe = require("axe-core");
const puppeteer = require("puppeteer-core");

const [page_, width, height, scheme, screenshot] = process.argv.slice(2);

async function look() {
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    headless: true,
    args: [
      "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--hide-scrollbars",
    ],
  });
  try {
    const page = await browser.newPage();
    const requests = [];
    page.on("request", (request) => requests.push(request.url()));
    await page.setBypassCSP(true); // the page's own policy forbids scripts, axe's included
    await page.setViewport({ width: Number(width), height: Number(height) });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.goto(pathToFileURL(page_).href);
    if (screenshot) {
      await page.screenshot({ path: screenshot, fullPage: Number(height) < 100 });
    }
    await page.evaluate(axe.source);
    const found = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    console.log(JSON.stringify({
      requests: requests.slice(1),
      overflow,
      violations: found.violations.map((violation) => ({
        id: violation.id,
        help: violation.help,
        nodes: violation.nodes.map((node) => node.html.slice(0, 200)),
      })),
    }, null, 2));
  } finally {
    await browser.close();
  }
}

look().catch((error) => {
  console.error(error);
  process.exit(1);
});
