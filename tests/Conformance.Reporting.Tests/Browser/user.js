// Uses the page as somebody with a mouse, then a keyboard, then a screen reader would, and writes down what does not work.
(async () => {
  const problems = [];
  const check = (holds, problem) => { if (!holds && !problems.includes(problem)) problems.push(problem); };
  const find = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const frames = () => new Promise((done) => setTimeout(done, 100));
  const frame = find("#error-plot"), tip = () => frame.querySelector(".tip");
  const picture = () => frame.querySelector("canvas").toDataURL();
  const press = async (key) => { frame.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })); await frames(); };
  const change = async (control, value) => { control.value = value; control.dispatchEvent(new Event("change", { bubbles: true })); await frames(); };
  const mouse = (type, x, y, button) => { const over = frame.querySelector(".u-over"), box = over.getBoundingClientRect(); over.dispatchEvent(new MouseEvent(type, { clientX: box.left + x, clientY: box.top + y, bubbles: true, button: button || 0, movementX: 1, movementY: 1 })); };

  async function useErrorPlot() {
    // What is drawn first and what is drawn again differ by the smoothing of a few edges.
    await press("0");
    const whole = picture();
    let shown = false;
    const box = frame.querySelector(".u-over").getBoundingClientRect();
    mouse("mouseenter", 1, 1);
    for (let x = 5; x < box.width && !shown; x += 10) {
      for (let y = 5; y < box.height && !shown; y += 10) {
        mouse("mousemove", x, y);
        shown = !tip().hidden;
      }
    }
    check(shown, "hovering shows nothing");
    check(!shown || /0x[0-9a-f]{8}/.test(tip().textContent) && tip().textContent.includes("truth") && tip().textContent.includes("draw0["), "hovering does not show bits, truth and case");
    mouse("mouseleave", 1, 1);
    await frames();
    check(tip().hidden, "what hovering showed stays");
    check(picture() === whole, "hovering leaves a mark");

    await press("ArrowDown");
    await press("End");
    await press("w");
    check(find("#error-said").textContent.includes("∞ ULP"), "the keyboard finds no worst element");
    check(tip().textContent.includes("NaN or infinite where the truth is not"), "flags are not shown");
    const worst = tip().textContent;
    await press("ArrowRight");
    check(!tip().hidden && tip().textContent !== worst, "the keyboard does not go on");
    await press("Escape");
    check(tip().hidden, "Escape leaves nothing");

    all("#errors ~ .controls button")[0].click();
    await frames();
    check(picture() !== whole, "zooming in changes nothing");
    all("#errors ~ .controls button")[4].click();
    await frames();
    check(picture() === whole, "reset does not show all");
    mouse("mousemove", 100, 100);
    mouse("mousedown", 100, 100);
    for (let x = 120; x <= 300; x += 20) mouse("mousemove", x, 120);
    frame.ownerDocument.dispatchEvent(new MouseEvent("mouseup", { clientX: box.left + 300, clientY: box.top + 120, bubbles: true }));
    mouse("mouseup", 300, 120);
    await frames();
    mouse("mouseleave", 1, 1);
    await frames();
    check(picture() !== whole, "dragging does not zoom");
    await press("0");
    check(picture() === whole, "the key 0 does not show all");

    const boxes = all("#errors ~ fieldset input");
    boxes[1].click();
    await frames();
    check(picture() !== whole, "an implementation cannot be hidden");
    boxes[1].click();
    await frames();
    check(picture() === whole, "an implementation does not come back");
    await change(find("#error-output"), "gradient");
    check(picture() !== whole && all("#errors ~ fieldset input").length === 1, "another output is not shown");
    await change(find("#error-output"), "loss");

    const table = find("#error-table");
    table.open = true;
    await frames();
    check(table.querySelectorAll("tbody tr").length === 10, "the table lacks what the plot shows");
    check(table.textContent.includes("1.3133011 (0x3fa81a40)"), "the table's decimals are not the bits'");
  }

  async function useFindings() {
    const count = () => all("#finding-list details").length, before = count(), search = find("#finding-search");
    const type = async (text) => { search.value = text; search.dispatchEvent(new Event("input", { bubbles: true })); await frames(); };
    await type("0x3fa81a40");
    check(count() === 1, "the search does not find bits");
    await type("0x3fa81a40 nothing-of-the-kind");
    check(count() === 0, "the search keeps what lacks a word");
    check(find("#finding-count").textContent.startsWith("0 of "), "the count is not told");
    await type("");
    await change(find("#finding-check"), "Shape");
    check(count() === 1 && before === 2, "the filter does not work");
    await change(find("#finding-check"), "");
    check(count() === before, "the filter cannot be undone");
  }

  // What a mouse finds by pointing has to be there for those who have none.
  async function useTables() {
    const open = async (id) => { const table = find(id); table.open = true; await frames(); return table.textContent; };
    const pairs = await open("#agreement-table"), relations = await open("#relations-numbers"), distribution = await open("#distribution-table");
    check(["tensorflow/nn/eager", "100", "60", "30", "1.2e4 times the tolerance", "channels_first/none", "[36]"].every((text) => pairs.includes(text)), "the numbers of the pairs need a mouse");
    check(relations.includes("largest relative difference") && find("#relations-numbers tbody tr").cells[7].textContent === "0", "the differences of relations need a mouse");
    check(["≤ ½", "60", "30"].every((text) => distribution.includes(text)), "the numbers of elements need a mouse");
    await change(find("#agreement-group"), "float32 loss");
    check(find("#agreement-table caption").textContent.includes("float32 loss"), "the pairs are not those of the matrix");
    await change(find("#distribution-group"), "float32 gradient");
    check(find("#distribution-table caption").textContent.includes("float32 gradient"), "the numbers of elements are not those of the plot");
  }

  async function useTheme() {
    const ground = () => getComputedStyle(document.body).backgroundColor;
    await change(find("#theme"), "light");
    const light = ground();
    await change(find("#theme"), "dark");
    check(ground() !== light, "the theme does not change");
    for (const node of all("h1, h2, p, th, td, a, summary").filter((one) => one.offsetParent && one.textContent.trim())) {
      check(contrast(node) >= 4.5, "dark text is hard to read");
    }
    seeShapes("dark");
    await change(find("#theme"), "light");
    for (const node of all("h1, h2, p, th, td, a, summary").filter((one) => one.offsetParent && one.textContent.trim())) {
      check(contrast(node) >= 4.5, "light text is hard to read");
    }
    seeShapes("light");
  }

  function seeShapes(theme) {
    for (const control of all("select, input[type='search'], button")) {
      check(contrast(control, getComputedStyle(control).borderTopColor) >= 3, `the border of a ${theme} control is hard to see`);
    }
    // One stands on the page's ground, the other on a table's.
    for (const swatch of [find("fieldset svg path"), find("#distribution ~ * table svg path")]) {
      const own = swatch.style.fill;
      for (let mark = 0; mark < 10; mark++) {
        swatch.style.fill = `var(--mark-${mark})`;
        check(contrast(swatch, getComputedStyle(swatch).fill) >= 3, `the ${theme} colour ${mark} is hard to see`);
      }
      swatch.style.fill = own;
    }
  }

  // As WCAG defines it.
  function contrast(node, colour = getComputedStyle(node).color) {
    const channels = (colour) => (colour.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((one) => one / 255).map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4).reduce((sum, one, index) => sum + one * [0.2126, 0.7152, 0.0722][index], 0);
    const layers = [];
    for (let parent = node; parent; parent = parent.parentElement) layers.push(channels(getComputedStyle(parent).backgroundColor));
    const ground = layers.reverse().reduce((under, [r, g, b, a = 1]) => [r, g, b].map((one, index) => one * a + under[index] * (1 - a)), [255, 255, 255]);
    const [bright, dark] = [light(channels(colour)), light(ground)].sort((left, right) => right - left);
    return (bright + 0.05) / (dark + 0.05);
  }

  function readAloud() {
    check(all("table").length > 5 && all("table").every((table) => table.caption && table.caption.textContent), "a table has no caption");
    check(all("th").every((heading) => heading.scope), "a heading has no scope");
    check(all("select, input").every((control) => control.labels.length > 0 && control.labels[0].textContent.trim()), "a control has no label");
    check(all("button").every((button) => button.textContent.trim() || button.ariaLabel), "a button has no name");
    check(all("pre").every((text) => text.role && text.ariaLabel && text.tabIndex === 0), "a text that scrolls has no name or cannot be reached by the keyboard");
    check(all("h1").length === 1, "there is not one first heading");
    const levels = all("h1, h2, h3").map((heading) => Number(heading.nodeName[1]));
    check(levels.every((level, index) => index === 0 || level <= levels[index - 1] + 1), "a level of headings is left out");
    check(all("canvas").every((canvas) => canvas.closest("[aria-label]")), "a plot has no description");
    const ids = all("[id]").map((node) => node.id);
    check(new Set(ids).size === ids.length, "an id is there twice");
    check(all("a[href^='#']").every((link) => document.getElementById(link.getAttribute("href").slice(1))), "a link leads nowhere");
    check(document.documentElement.lang === "en", "there is no language");
    check(all(".scroll").every((region) => region.tabIndex === 0 && region.ariaLabel), "a region that scrolls cannot be reached by the keyboard");
  }

  try {
    readAloud();
    await useErrorPlot();
    await useFindings();
    await useTables();
    await useTheme();
    readAloud();
    check(document.documentElement.scrollWidth <= document.documentElement.clientWidth, "the page is wider than its window");
    check(performance.getEntriesByType("resource").length === 0, "something was fetched");
  } catch (error) {
    problems.push(String(error.stack));
  }
  const results = document.createElement("pre");
  results.id = "results";
  results.textContent = JSON.stringify({ problems, errors: window.errors });
  document.body.append(results);
})();
