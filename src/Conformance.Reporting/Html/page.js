"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const run = data.run;
  const report = document.getElementById("report");
  const MaxTableRows = 2000;
  const Flags = [[1, "beyond the contract"], [2, "a waiver covers it"], [4, "zero or of the wrong sign where the truth is a normal number"],
    [8, "zero where the truth is subnormal"], [16, "NaN or infinite where the truth is not, or the other way round"]];
  const MarkColours = 10;
  const Shapes = ["circle", "square", "triangle", "diamond", "cross"];

  // ---------------------------------------------------------------------- elements

  function element(name, properties, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(properties || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (key === "class") node.className = value;
      else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else node.setAttribute(key, value === true ? "" : value);
    }
    node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined).map((child) => typeof child === "number" ? String(child) : child));
    return node;
  }

  function part(id, title, about, ...children) {
    const section = element("section", { class: "part", "aria-labelledby": id },
      element("h2", { id }, title), about ? element("p", { class: "about" }, about) : null, ...children);
    report.append(section);
    document.getElementById("sections").append(element("a", { href: "#" + id }, id === "findings" && run.summary.findings ? `${title} (${countText(run.summary.findings)})` : title));
    return section;
  }

  // Columns: [heading, class]. Rows: cells, of which the first is the row's heading; or { group: text }.
  function table(caption, columns, rows, properties) {
    return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption, ...properties },
      element("table", null,
        element("caption", null, caption),
        element("thead", null, element("tr", null, columns.map(([heading, style]) => element("th", { scope: "col", class: style }, heading)))),
        element("tbody", null, rows.map((row) => row.group !== undefined
          ? element("tr", { class: "group" }, element("th", { scope: "rowgroup", colspan: columns.length }, row.group))
          : element("tr", null, row.map((cell, index) => index === 0
            ? element("th", { scope: "row", class: columns[0][1] }, cell)
            : cell instanceof Node && cell.nodeName === "TD" ? cell : element("td", { class: columns[index][1] }, cell)))))));
  }

  // A table that is made when it is opened, and made again when what it shows has changed.
  function folded(id, summary, make) {
    const node = element("details", { id, ontoggle: () => refill() }, element("summary", null, summary));
    const refill = () => node.open && node.replaceChildren(node.firstChild, make());
    return { node, refill };
  }

  const facts = (pairs) => element("dl", { class: "facts" }, pairs.filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([name, value]) => [element("dt", null, name), element("dd", null, value)]));

  // A name is told of what has a role; of a group, because there may be hundreds and landmarks should be few.
  const textBlock = (label, text) => element("pre", { tabindex: 0, role: "group", "aria-label": label }, text);

  const select = (label, options, onchange, id) => element("label", null, label,
    element("select", { id, onchange }, options.map(([value, text]) => element("option", { value }, text))));

  // ---------------------------------------------------------------------- numbers

  const numberOf = (value) => value === "Infinity" ? Infinity : value === "-Infinity" ? -Infinity : value === "NaN" ? NaN : value;

  function ulpText(value) {
    const size = Math.abs(value);
    if (size === Infinity) return value < 0 ? "-∞" : "∞";
    return size < 999.995 ? String(Math.round(value * 100) / 100) : value.toExponential(1).replace("e+", "e");
  }

  const countText = (value) => value.toLocaleString("en-US");
  const elementText = (one) => one ? `${one.decimal} (${one.hex})` : null;
  const nameOf = (id) => { const found = run.implementations.find((one) => one.id === id); return found && found.recorded ? `${id} (recorded ${found.recorded})` : id; };
  // A long name may be broken where it has parts.
  const breakable = (name) => name.split(/(?<=[/._])/).map((piece, index) => index ? [element("wbr"), piece] : piece);
  const DTypes = {
    float16: { digits: 4, precision: 5, value: (bits) => half(Number(bits)) },
    bfloat16: { digits: 4, precision: 4, value: (bits) => single(Number(bits) * 65536) },
    float32: { digits: 8, precision: 9, value: (bits) => single(Number(bits)) },
    float64: { digits: 16, precision: 17, value: (bits) => { const view = new DataView(new ArrayBuffer(8)); view.setBigUint64(0, bits); return view.getFloat64(0); } },
  };

  function single(bits) {
    const view = new DataView(new ArrayBuffer(4));
    view.setUint32(0, bits);
    return view.getFloat32(0);
  }

  function half(bits) {
    const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
    return exponent === 31 ? (fraction ? NaN : sign * Infinity) : exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }

  function bitsAt(profile, column, row) {
    const dtype = DTypes[profile.dtype], hex = profile[column].substr(row * dtype.digits, dtype.digits), value = dtype.value(BigInt("0x" + hex));
    let text = Object.is(value, -0) ? "-0" : String(value);
    for (let digits = 1; profile.dtype !== "float64" && Number.isFinite(value) && value !== 0 && digits <= dtype.precision; digits++) {
      const shorter = Number(value.toPrecision(digits));
      if (digits === dtype.precision || (profile.dtype === "float32" ? Math.fround(shorter) === value : Math.abs(shorter - value) <= Math.abs(value) * 2 ** -(profile.dtype === "float16" ? 13 : 10))) {
        text = String(shorter);
        break;
      }
    }
    return { value, text: `${text} (0x${hex})` };
  }

  function shortNumber(value) {
    const size = Math.abs(value);
    return size >= 1e4 || size < 1e-3 ? value.toExponential(0).replace("e+", "e") : String(Number(value.toPrecision(3)));
  }

  function binText(bin) {
    if (bin === 0) return "0";
    if (bin === data.nan) return "NaN";
    if (Math.abs(bin) === data.infinity) return bin < 0 ? "-inf" : "inf";
    return (bin < 0 ? "-" : "") + shortNumber(data.leastMagnitudes[String(Math.abs(bin))]);
  }

  // ---------------------------------------------------------------------- implementations

  const marks = new Map(run.implementations.map((one, index) => [one.id, { colour: `--mark-${index % MarkColours}`, shape: Shapes[Math.floor(index / MarkColours) % Shapes.length] }]));

  function outline(shape, x, y, r) {
    const path = new Path2D();
    if (shape === "circle") path.arc(x, y, r, 0, 2 * Math.PI);
    else if (shape === "square") path.rect(x - r, y - r, 2 * r, 2 * r);
    else if (shape === "triangle") { path.moveTo(x, y - r * 1.2); path.lineTo(x + r * 1.2, y + r); path.lineTo(x - r * 1.2, y + r); path.closePath(); }
    else if (shape === "diamond") { path.moveTo(x, y - r * 1.4); path.lineTo(x + r * 1.4, y); path.lineTo(x, y + r * 1.4); path.lineTo(x - r * 1.4, y); path.closePath(); }
    else { path.rect(x - r * 1.3, y - r * 0.45, r * 2.6, r * 0.9); path.rect(x - r * 0.45, y - r * 1.3, r * 0.9, r * 2.6); }
    return path;
  }

  function swatch(id) {
    const { colour, shape } = marks.get(id), space = "http://www.w3.org/2000/svg";
    const picture = document.createElementNS(space, "svg");
    for (const [key, value] of [["width", 14], ["height", 14], ["viewBox", "0 0 14 14"], ["aria-hidden", "true"]]) picture.setAttribute(key, value);
    const d = { circle: "M7 2a5 5 0 1 0 .01 0Z", square: "M2.5 2.5h9v9h-9Z", triangle: "M7 1.5 12.5 12h-11Z", diamond: "M7 .8 13.2 7 7 13.2.8 7Z", cross: "M5 1h4v4h4v4H9v4H5V9H1V5h4Z" }[shape];
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", d);
    path.style.fill = `var(${colour})`;
    picture.append(path);
    return picture;
  }

  const bad = new Set(["Fail", "UnexpectedPass", "Crash", "Timeout", "Error"]);

  function implementations() {
    const verdicts = data.verdicts.filter((verdict) => run.implementations.some((one) => one.verdicts[verdict]));
    const count = (value) => typeof value === "number" ? countText(value) : "-";
    const ratio = (value) => value ? element("span", { class: value.isBeyond ? "bad-text" : null }, value.text) : "-";
    const rows = [];
    for (const one of run.implementations) {
      const reports = data.accuracy.filter((report) => report.implementation === one.id);
      for (const accuracy of reports.length ? reports : [{}]) {
        const isFirst = !reports.length || accuracy === reports[0];
        rows.push([
          element("span", { class: isFirst ? null : "muted" }, breakable(nameOf(one.id))),
          ...verdicts.map((verdict) => !isFirst ? "" : one.verdicts[verdict] ? element("span", { class: bad.has(verdict) ? "bad-text" : null }, countText(one.verdicts[verdict])) : "-"),
          accuracy.dtype || "-", accuracy.worst || "-", ratio(accuracy.ratio), accuracy.correctlyRounded || "-", count(accuracy.lost), count(accuracy.flushed), count(accuracy.nonFiniteMismatches),
          // Formulas lose gradients within their contracts too.
          ratio(accuracy.gradientRatio), element("span", { class: !accuracy.gradientsLost ? null : accuracy.gradientRatio.isBeyond ? "bad-text" : "warn-text" }, count(accuracy.gradientsLost)), ratio(accuracy.sumsRatio),
        ]);
      }
    }
    const section = part("implementations", "Implementations",
      "Cases by verdict, and how far the losses are from the truth: the worst error in ULP, its share of what the contract allows (but for what waivers cover), how many are the correctly rounded truth, and how many are lost, flushed to zero, or NaN or infinite by mistake. Then the gradients: the share of their bound, and how many are lost; and the share of what is allowed that sums and means of losses take. Red is beyond what is allowed.",
      table("Implementations, one row for each dtype", [["implementation"], ...verdicts.map((verdict) => [verdict, "number"]), ["dtype"], ["worst ULP", "number"], ["of bound", "number"], ["right", "number"], ["lost", "number"], ["flushed", "number"], ["NaN inf", "number"], ["grad of bound", "number"], ["grad lost", "number"], ["sums of bound", "number"]], rows, { id: "implementations-table" }));
    for (const backend of run.backends.filter((one) => !one.isAvailable)) {
      section.append(element("p", { class: "note" }, `${backend.name} is not available: ${backend.missing || ""} ${backend.fix || ""}${backend.recorded ? ` Recorded outputs of ${backend.name} ${backend.recorded} stand in for it; they are not evaluations.` : ""}`));
    }
    section.append(element("details", { id: "contracts" }, element("summary", null, "Formulas and contracts"),
      element("p", { class: "about" }, "The bounds are on one element's error; u is the unit roundoff of the dtype in which is computed, x the logit, z the label, p the sigmoid."),
      ...run.implementations.map((one, index) => element("div", null, element("h3", null, nameOf(one.id)), facts([["formula", one.formula],
        ...one.contracts.map((contract, at) => [contract.dtypes.join(", "), contractLines(contract, data.bounds[index][at]).map((line) => element("div", null, line))])])))));
  }

  function contractLines(contract, bounds) {
    return [element("span", { class: "mono" }, `loss: ${bounds.loss}`), element("span", { class: "mono" }, `gradient: ${bounds.gradient}`),
      contract.computesIn ? `computed in ${contract.computesIn}` : null,
      contract.flushesSubnormals ? "subnormal results may be zero" : contract.flushesSubnormalGradients ? "subnormal gradients may be zero" : null,
      contract.reason && contract.source ? `${contract.reason} (${contract.source})` : contract.reason || contract.source].filter((line) => line);
  }

  // ---------------------------------------------------------------------- plots

  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const plots = [];

  function axis(more) {
    return { stroke: () => style("--muted"), grid: { stroke: () => style("--line-soft"), width: 1 }, ticks: { stroke: () => style("--line"), width: 1 }, font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif", ...more };
  }

  function button(text, label, onclick) {
    return element("button", { type: "button", "aria-label": label, title: label, onclick }, text);
  }

  function errorPlot() {
    const dtypes = [...new Set(run.profiles.map((one) => one.dtype))], outputs = [...new Set(run.profiles.map((one) => one.output))];
    if (!dtypes.length) return;
    const hidden = new Set(), choices = element("fieldset", null, element("legend", null, "Implementations"));
    const frame = element("div", { class: "plot", id: "error-plot", tabindex: 0, role: "application", "aria-roledescription": "plot", "aria-describedby": "error-keys" });
    const tip = element("div", { class: "tip", hidden: true }), said = element("div", { class: "hidden", "aria-live": "polite", id: "error-said" });
    const asTable = folded("error-table", "The same as a table", errorTable);
    const view = { dtype: dtypes[0], output: outputs[0], profiles: [], bins: [], plot: null, top: 1, at: null };
    const Low = -2;

    const height = (ulps) => { const size = Math.abs(numberOf(ulps)); return size === Infinity ? view.top : Math.max(Math.log10(size), Low); };
    const shown = () => view.profiles.filter((profile) => !hidden.has(profile.implementation));

    function describe(profile, row) {
      const at = (column) => bitsAt(profile, column, row).text;
      const flags = Flags.filter(([flag]) => profile.flags[row] & flag).map(([, text]) => text);
      return [["logit", at("logits")], ["label", at("labels")], ["returned", at("actuals")], ["truth", at("truths")],
        ["error", `${ulpText(numberOf(profile.ulps[row]))} ULP where ${ulpText(numberOf(profile.bounds[row]))} are allowed`],
        ["flags", flags.join("; ")], ["elements", `the worst of ${countText(profile.counts[row])} in this bin`],
        ["case", `${data.cases[profile.cases[row]]}[${profile.indices[row]}]`]];
    }

    function draw(plot) {
      const context = plot.ctx, ratio = window.devicePixelRatio || 1, warning = style("--bad");
      context.save();
      context.beginPath();
      context.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height);
      context.clip();
      const y = plot.valToPos(Math.log10(0.5), "y", true);
      context.strokeStyle = style("--muted");
      context.lineWidth = ratio;
      context.lineCap = "butt";
      context.lineJoin = "round";
      context.setLineDash([4 * ratio, 4 * ratio]);
      context.beginPath();
      context.moveTo(plot.bbox.left, y);
      context.lineTo(plot.bbox.left + plot.bbox.width, y);
      context.stroke();
      context.setLineDash([]);
      for (const profile of shown()) {
        const { colour, shape } = marks.get(profile.implementation);
        context.fillStyle = style(colour);
        for (let row = 0; row < profile.bins.length; row++) {
          const x = plot.valToPos(profile.places[row], "x", true), py = plot.valToPos(height(profile.ulps[row]), "y", true);
          const path = outline(shape, x, py, 3 * ratio);
          context.globalAlpha = 0.85;
          context.fill(path);
          context.globalAlpha = 1;
          if (profile.flags[row] & ~2) {
            context.strokeStyle = profile.flags[row] & 1 && !(profile.flags[row] & 2) ? warning : style("--text");
            context.lineWidth = 1.5 * ratio;
            context.stroke(outline("circle", x, py, 5.5 * ratio));
          }
        }
      }
      if (view.at) {
        context.strokeStyle = style("--accent");
        context.lineWidth = 2 * ratio;
        context.stroke(outline("circle", plot.valToPos(view.at.profile.places[view.at.row], "x", true), plot.valToPos(height(view.at.profile.ulps[view.at.row]), "y", true), 8 * ratio));
      }
      context.restore();
    }

    function point(at, speak) {
      if ((view.at && at && view.at.profile === at.profile && view.at.row === at.row) || (!view.at && !at)) return;
      view.at = at;
      tip.hidden = !at;
      if (at) {
        const pairs = describe(at.profile, at.row);
        tip.replaceChildren(element("strong", null, nameOf(at.profile.implementation)), element("dl", null, pairs.filter(([, value]) => value).map(([name, value]) => [element("dt", null, name), element("dd", { class: name === "case" ? "mono" : null }, value)])));
        const over = view.plot.over, x = view.plot.valToPos(at.profile.places[at.row], "x") + over.offsetLeft + over.parentElement.offsetLeft, y = view.plot.valToPos(height(at.profile.ulps[at.row]), "y") + over.offsetTop;
        const left = x + 16 + tip.offsetWidth < frame.clientWidth ? x + 16 : Math.max(4, x - 16 - tip.offsetWidth);
        tip.style.left = left + "px";
        tip.style.top = Math.max(4, Math.min(y + 12, frame.clientHeight - tip.offsetHeight - 4)) + "px";
        if (speak) said.textContent = `${nameOf(at.profile.implementation)}: ${pairs.filter(([, value]) => value).map(([name, value]) => `${name} ${value}`).join(", ")}`;
      }
      view.plot.redraw(false);
    }

    function hover(plot) {
      const { left, top } = plot.cursor;
      if (left < 0) return;
      let best = null, nearest = 24 * 24;
      for (const profile of shown()) {
        for (let row = 0; row < profile.bins.length; row++) {
          const dx = plot.valToPos(profile.places[row], "x") - left;
          if (Math.abs(dx) > 24) continue;
          const dy = plot.valToPos(height(profile.ulps[row]), "y") - top, distance = dx * dx + dy * dy;
          if (distance < nearest) { nearest = distance; best = { profile, row }; }
        }
      }
      point(best, false);
    }

    function zoom(factor, shift) {
      const { min, max } = view.plot.scales.x, width = Math.max(2, (max - min) * factor), middle = (min + max) / 2 + (max - min) * shift;
      const all = view.bins.length, kept = Math.min(width, all), from = Math.min(Math.max(middle - kept / 2, -0.5), all - 0.5 - kept);
      view.plot.setScale("x", { min: from, max: from + kept });
    }

    function keys(event) {
      const list = shown();
      if (event.ctrlKey || event.metaKey || event.altKey || !list.length) return;
      const profile = view.at && list.includes(view.at.profile) ? view.at.profile : list[0], row = view.at && profile === view.at.profile ? view.at.row : 0;
      const last = profile.bins.length - 1, index = list.indexOf(profile);
      const other = (step) => {
        const next = list[(index + step + list.length) % list.length];
        const same = next.bins.findIndex((bin) => bin >= profile.bins[row]);
        return { profile: next, row: same < 0 ? next.bins.length - 1 : same };
      };
      const moves = {
        ArrowRight: () => ({ profile, row: view.at ? Math.min(row + 1, last) : 0 }), ArrowLeft: () => ({ profile, row: view.at ? Math.max(row - 1, 0) : last }),
        Home: () => ({ profile, row: 0 }), End: () => ({ profile, row: last }), ArrowDown: () => other(1), ArrowUp: () => other(-1),
        w: () => ({ profile, row: profile.ulps.reduce((most, ulps, one) => Math.abs(numberOf(ulps)) > Math.abs(numberOf(profile.ulps[most])) ? one : most, 0) }),
        Escape: () => null,
      };
      if (moves[event.key]) {
        const at = moves[event.key]();
        if (at) {
          const { min, max } = view.plot.scales.x, place = at.profile.places[at.row];
          if (place < min || place > max) view.plot.setScale("x", { min: place - (max - min) / 2, max: place + (max - min) / 2 });
        }
        point(at, true);
      } else if (event.key === "+" || event.key === "=") zoom(0.5, 0);
      else if (event.key === "-") zoom(2, 0);
      else if (event.key === "0") zoom(1e9, 0);
      else return;
      event.preventDefault();
    }

    function splits(_, axisIndex, min, max) {
      const first = Math.max(0, Math.ceil(min)), last = Math.min(view.bins.length - 1, Math.floor(max));
      const step = Math.max(1, Math.ceil((last - first + 1) / Math.max(2, Math.floor((frame.clientWidth - 80) / 62))));
      return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
    }

    function rebuild() {
      if (view.plot) view.plot.destroy();
      view.at = null;
      view.isReady = false;
      tip.hidden = true;
      view.profiles = run.profiles.filter((one) => one.dtype === view.dtype && one.output === view.output);
      view.bins = [...new Set(view.profiles.flatMap((one) => one.bins))].sort((left, right) => left - right);
      const places = new Map(view.bins.map((bin, place) => [bin, place]));
      for (const profile of view.profiles) profile.places = profile.bins.map((bin) => places.get(bin));
      const finite = view.profiles.flatMap((one) => one.ulps.map((ulps) => Math.abs(numberOf(ulps)))).filter((size) => size < Infinity);
      const most = Math.max(0.5, ...finite.map((size) => Math.max(Math.log10(size), Low)));
      const hasInfinite = view.profiles.some((one) => one.ulps.some((ulps) => Math.abs(numberOf(ulps)) === Infinity));
      view.top = Math.ceil(most) + Math.max(1, Math.ceil(most / 12));
      const topmost = (hasInfinite ? view.top : Math.ceil(most)) + 0.5;
      const known = new Set(view.profiles.map((one) => one.implementation));
      choices.replaceChildren(choices.firstChild, ...[...known].map((id) => element("label", { class: "choice" },
        element("input", { type: "checkbox", checked: !hidden.has(id), onchange: (event) => { event.target.checked ? hidden.delete(id) : hidden.add(id); point(null); view.plot.redraw(false); asTable.refill(); } }), swatch(id), nameOf(id))));
      if (known.size > 2) {
        const all = (on) => () => { known.forEach((id) => on ? hidden.delete(id) : hidden.add(id)); choices.querySelectorAll("input").forEach((box) => { box.checked = on; }); point(null); view.plot.redraw(false); asTable.refill(); };
        choices.append(button("all", "Show all implementations", all(true)), button("none", "Show no implementation", all(false)));
      }
      view.plot = new uPlot({
        width: frame.clientWidth - 10, height: Math.max(300, Math.min(440, window.innerHeight * 0.6)), legend: { show: false },
        cursor: { points: { show: false }, drag: { x: true, y: false, setScale: true } },
        scales: { x: { time: false, range: (plot, min, max) => view.isReady ? [min, max] : [-0.5, view.bins.length - 0.5] }, y: { range: () => [Low - 0.3, topmost] } },
        axes: [
          axis({ label: "logit (bins in order; not to scale)", splits, values: (plot, all) => all.map((place) => binText(view.bins[place])), size: 38, labelSize: 20 }),
          axis({ label: "|error| in ULP (logarithmic)", size: 62, labelSize: 20, splits: () => {
            const step = Math.max(1, Math.ceil((Math.ceil(most) - Low) / 9)), all = [Low];
            for (let power = 0; power <= Math.ceil(most); power += step) all.push(power);
            if (hasInfinite) all.push(view.top);
            return all;
          }, values: (plot, all) => all.map((power) => hasInfinite && power === view.top ? "∞" : power === Low ? "≤ 0.01" : power < 4 ? String(10 ** power) : "1e" + power) }),
        ],
        series: [{}, { show: true, paths: () => null, points: { show: false } }],
        hooks: { ready: [() => { view.isReady = true; }], draw: [draw], setCursor: [hover], setScale: [(plot, key) => { if (key === "x") { point(null); } }] },
      }, [view.bins.map((_, place) => place), view.bins.map(() => 0)], frame);
      view.plot.over.addEventListener("mouseleave", () => point(null));
      view.plot.over.addEventListener("dblclick", () => zoom(1e9, 0));
      frame.append(tip);
      frame.setAttribute("aria-label", `Error in ULP over the logit, ${view.output} in ${view.dtype}, ${known.size} implementations. ${view.profiles.map((one) => `${nameOf(one.implementation)}: at most ${ulpText(one.ulps.reduce((worst, ulps) => Math.max(worst, Math.abs(numberOf(ulps))), 0))} ULP`).join("; ")}`);
      asTable.refill();
    }

    function errorTable() {
      const rows = shown().flatMap((profile) => profile.bins.map((bin, row) => [
        binText(bin), nameOf(profile.implementation), ...["logits", "labels", "actuals", "truths"].map((column) => bitsAt(profile, column, row).text),
        ulpText(numberOf(profile.ulps[row])), ulpText(numberOf(profile.bounds[row])), Flags.filter(([flag]) => profile.flags[row] & flag).map(([, text]) => text).join("; "), countText(profile.counts[row])]));
      return table(
        `The worst element of each bin of the logit, ${view.output} in ${view.dtype}${rows.length > MaxTableRows ? `; the first ${countText(MaxTableRows)} of ${countText(rows.length)} rows, so show fewer implementations to see the rest` : ""}`,
        [["bin from", "number"], ["implementation"], ["logit", "mono"], ["label", "mono"], ["returned", "mono"], ["truth", "mono"], ["error ULP", "number"], ["allowed", "number"], ["flags"], ["elements", "number"]], rows.slice(0, MaxTableRows));
    }

    part("errors", "Error over the logit",
      "Each mark is the worst element of one bin of the logit. The dashed line is half a unit in the last place, which rounding alone costs. A ring marks what is flagged: red where it is beyond the contract and no waiver covers it. Marks on the line ∞ are NaN or infinite by mistake.",
      element("div", { class: "controls" },
        select("dtype", dtypes.map((dtype) => [dtype, dtype]), (event) => { view.dtype = event.target.value; rebuild(); }, "error-dtype"),
        select("output", outputs.map((output) => [output, output]), (event) => { view.output = event.target.value; rebuild(); }, "error-output"),
        element("span", { role: "group", "aria-label": "Zoom" }, button("+", "Zoom in", () => zoom(0.5, 0)), " ", button("−", "Zoom out", () => zoom(2, 0)), " ", button("◀", "Move left", () => zoom(1, -0.25)), " ", button("▶", "Move right", () => zoom(1, 0.25)), " ", button("reset", "Show all logits", () => zoom(1e9, 0)))),
      choices, frame, said,
      element("p", { class: "about", id: "error-keys" }, "Drag to zoom, double-click to see all. With the keyboard: arrows left and right go from bin to bin, up and down to another implementation, w to its worst, + and − zoom, 0 shows all, Escape leaves the point."),
      asTable.node);
    frame.addEventListener("keydown", keys);
    frame.addEventListener("blur", () => point(null));
    rebuild();
    plots.push({ redraw: () => view.plot.redraw(false), resize: () => view.plot.setSize({ width: frame.clientWidth - 10, height: view.plot.height }) });
  }

  function distribution() {
    const groups = [...new Set(run.profiles.map((one) => `${one.dtype} ${one.output}`))];
    if (!groups.length) return;
    // 0, up to 1/2, 1, 2, 4, 8, 16, then by powers of sixteen, then the rest and what is no number.
    const edges = [[0, "exact"], [1, "≤ ½"], [2, "≤ 1"], [3, "≤ 2"], [4, "≤ 4"], [5, "≤ 8"], [6, "≤ 16"], [10, "≤ 256"], [14, "≤ 4096"], [18, "≤ 65536"], [22, "≤ 1e6"], [Infinity, "more"]];
    const headings = [...edges.map(([, text]) => text), "∞ or NaN"];
    const place = element("div"), frame = element("div", { class: "plot", id: "distribution-plot", role: "img" });
    const asTable = folded("distribution-table", "The same as numbers of elements", () => {
      const { all, shown } = sharesOfAll();
      return table(`Elements by |error| in ULP, ${current}`, [["implementation"], ["elements", "number"], ...shown.map((heading) => [heading, "number"])],
        all.map(({ profile, counts, total }) => [nameOf(profile.implementation), countText(total), ...shown.map((_, index) => countText(counts[index]))]));
    });
    let plot = null, current = groups[0];

    function sharesOf(profile) {
      const counts = new Array(headings.length).fill(0);
      profile.histogram.forEach((count, index) => { counts[edges.findIndex(([last]) => index <= last)] += count; });
      counts[headings.length - 1] = profile.infinite;
      const total = counts.reduce((sum, count) => sum + count, 0);
      return { counts, total };
    }

    function sharesOfAll() {
      const all = run.profiles.filter((one) => `${one.dtype} ${one.output}` === current).map((profile) => ({ profile, ...sharesOf(profile) }));
      const last = Math.max(...all.map((one) => one.counts.reduce((most, count, index) => count ? index : most, 0)));
      return { all, shown: headings.slice(0, last + 1) };
    }

    function rebuild() {
      const { all, shown } = sharesOfAll();
      const least = Math.min(-2, ...all.flatMap((one) => one.counts.filter((count) => count).map((count) => Math.floor(Math.log10(count / one.total)))));
      place.replaceChildren(table(`Share of elements by |error| in ULP, ${current}`, [["implementation"], ["elements", "number"], ...shown.map((heading) => [heading, "number"])],
        all.map(({ profile, counts, total }) => [element("span", { class: "choice" }, swatch(profile.implementation), nameOf(profile.implementation)), countText(total),
          ...shown.map((_, index) => {
            const share = counts[index] / total;
            const cell = element("td", { class: "number", title: `${countText(counts[index])} elements` }, counts[index] === 0 ? "-" : share >= 0.0995 ? (share * 100).toFixed(0) + "%" : share >= 0.001 ? (share * 100).toFixed(2) + "%" : countText(counts[index]) + "×");
            if (counts[index]) cell.style.background = `rgba(${style("--heat")}, ${(0.08 + 0.4 * Math.max(0, 1 + Math.log10(share) / -least)).toFixed(2)})`;
            return cell;
          })])));
      asTable.refill();
      if (plot) plot.destroy();
      frame.setAttribute("aria-label", `Share of elements by error in ULP, ${current}; the table below has the numbers`);
      const bars = uPlot.paths.bars;
      plot = new uPlot({
        width: frame.clientWidth - 10, height: 260, legend: { show: false }, cursor: { show: false },
        scales: { x: { time: false, range: [-0.6, shown.length - 0.4] }, y: { range: [least, 0] } },
        axes: [axis({ label: "|error| in ULP", splits: () => shown.map((_, index) => index), values: (_, values) => values.map((index) => frame.clientWidth > 600 || index % 3 === 0 ? shown[index] : ""), size: 34, labelSize: 20, grid: { show: false } }),
          axis({ label: "share of elements", size: 62, labelSize: 20, splits: () => Array.from({ length: 1 - least }, (_, index) => least + index), values: (_, values) => values.map((power) => power < -3 ? "1e" + power : 100 * 10 ** power + "%") })],
        series: [{}, ...all.map(({ profile }, index) => ({
          stroke: style(marks.get(profile.implementation).colour), fill: style(marks.get(profile.implementation).colour), points: { show: false },
          paths: (self, series, from, to) => barsOf(self, series, index, all.length),
        }))],
      }, [shown.map((_, index) => index), ...all.map(({ counts, total }) => shown.map((_, index) => counts[index] ? Math.log10(counts[index] / total) : null))], frame);
    }

    function barsOf(self, series, index, count) {
      const fill = new Path2D(), slot = Math.abs(self.valToPos(1, "x", true) - self.valToPos(0, "x", true)) * 0.84, width = slot / count, floor = self.bbox.top + self.bbox.height;
      self.data[series].forEach((value, at) => {
        if (value === null) return;
        const x = self.valToPos(at, "x", true) - slot / 2 + index * width, y = Math.min(self.valToPos(value, "y", true), floor - 2);
        fill.rect(x, y, Math.max(1, width - 1), floor - y);
      });
      return { stroke: null, fill };
    }

    part("distribution", "Distribution of errors",
      "How many elements have which error. Correct rounding is within half a unit. Shares below 0.1% are given as numbers of elements; bars are logarithmic.",
      element("div", { class: "controls" }, select("dtype and output", groups.map((group) => [group, group]), (event) => { current = event.target.value; rebuild(); }, "distribution-group")), frame, place, asTable.node);
    rebuild();
    plots.push({ redraw: rebuild, resize: () => plot.setSize({ width: frame.clientWidth - 10, height: 260 }) });
  }

  // ---------------------------------------------------------------------- tables

  function relations() {
    if (!run.relations.length) return;
    const implementations = [...new Set(run.relations.map((one) => one.implementation))], rows = [];
    const column = (id) => (run.implementations.find((one) => one.id === id) || { relationColumn: id }).relationColumn;
    const cells = new Map(run.relations.map((one) => [[one.group, one.scope, one.dtype, one.implementation].join("\n"), one]));
    for (const group of new Set(run.relations.map((one) => one.group))) {
      rows.push({ group });
      const keys = new Set(run.relations.filter((one) => one.group === group).map((one) => `${one.scope}\n${one.dtype}`));
      for (const key of keys) {
        const [scope, dtype] = key.split("\n");
        rows.push([scope, dtype, ...implementations.map((id) => {
          const one = cells.get([group, scope, dtype, id].join("\n"));
          return !one ? "-" : element("span", { class: one.holds ? null : "bad-text", title: `${one.equal} of ${one.draws} equal, ${one.close} close; the largest relative difference is ${one.worstRelative}` }, `${one.equal} | ${one.close} of ${one.draws}${one.holds ? "" : " ✗"}`);
        })]);
      }
    }
    const broken = run.relations.filter((one) => !one.holds).length;
    part("relations", "Relations", `What must hold over several evaluations of the same draws. A cell says on how many draws the two sides are equal and, after the bar, close. ${broken ? `${broken} do not hold.` : "All hold."}`,
      table("Relations, by statement, scope and dtype", [["relation"], ["dtype"], ...implementations.map((id) => [column(id), "nowrap"])], rows, { id: "relations-table" }),
      folded("relations-numbers", "All numbers, with the largest differences", () => table(`The relations, with the largest relative difference of the two sides${run.relations.length > MaxTableRows ? `; the first ${countText(MaxTableRows)} of ${countText(run.relations.length)}, those that do not hold before the others` : ""}`,
        [["statement", "nowrap"], ["relation", "nowrap"], ["dtype"], ["implementation"], ["equal", "number"], ["close", "number"], ["draws", "number"], ["difference", "number"], ["holds"]],
        [...run.relations].sort((left, right) => left.holds - right.holds).slice(0, MaxTableRows).map((one) => [one.group, one.scope, one.dtype, breakable(nameOf(one.implementation)), countText(one.equal), countText(one.close), countText(one.draws),
          String(Number(numberOf(one.worstRelative).toPrecision(3))), one.holds ? "yes" : element("span", { class: "bad-text" }, "no")]))).node);
  }

  function agreement() {
    if (!run.agreement.length) return;
    const ids = run.implementations.map((one) => one.id).filter((id) => run.agreement.some((pair) => pair.implementation === id || pair.other === id));
    const groups = [["", "all dtypes and outputs"], ...[...new Set(run.agreement.map((pair) => `${pair.dtype} ${pair.output}`))].map((group) => [group, group])];
    const place = element("div"), asTable = folded("agreement-table", "The same as numbers", pairsTable);
    const Counts = [["elements", "elements"], ["equal", "equal"], ["close", "close"], ["withinContract", "within contracts"], ["waived", "waived"], ["failed", "deviate"]];
    let group = "";

    function standingOf(row, column) {
      const pairs = run.agreement.filter((pair) => ((pair.implementation === row && pair.other === column) || (pair.implementation === column && pair.other === row)) && (!group || `${pair.dtype} ${pair.output}` === group));
      const sums = Object.fromEntries(Counts.map(([key]) => [key, pairs.reduce((total, pair) => total + pair[key], 0)]));
      const [sign, kind, words] = !pairs.length ? ["", "", "never met"] : sums.failed ? ["F", "f", "some deviate"] : sums.waived ? ["w", "w", "some waived"]
        : sums.withinContract ? ["co", "", "some only within their contracts"] : sums.close ? ["≈", "", "all close"] : ["=", "eq", "all equal"];
      const worst = pairs.reduce((most, pair) => numberOf(pair.worstRatio) > (most ? numberOf(most.worstRatio) : 0) ? pair : most, null);
      return { row, column, isMet: pairs.length > 0, sums, sign, kind, words, worst: worst ? `${ulpText(numberOf(worst.worstRatio))} times the tolerance` : null, at: worst ? `${worst.worstCaseId}[${worst.worstIndex}]` : null };
    }

    function rebuild() {
      const rows = ids.map((row, y) => [`${y + 1} ${nameOf(row)}`, ...ids.map((column, x) => {
        if (x === y) return element("td", { class: "self" }, element("span", { class: "hidden" }, "itself"));
        const { isMet, sums, sign, kind, words, worst, at } = standingOf(row, column);
        return element("td", { class: kind, title: isMet ? `${words}: ${Counts.map(([key, text]) => `${countText(sums[key])} ${text}`).join(", ")}${worst ? `; the widest ${worst} at ${at}` : ""}` : words },
          element("span", { "aria-hidden": "true" }, sign), element("span", { class: "hidden" }, words));
      })]);
      place.replaceChildren(table(`Agreement of each two implementations, ${group || "all dtypes and outputs"}`, [["implementation", "nowrap"], ...ids.map((id, index) => [element("abbr", { title: id }, String(index + 1))])], rows, { class: "scroll matrix" }));
      asTable.refill();
    }

    function pairsTable() {
      const pairs = ids.flatMap((row, y) => ids.slice(y + 1).map((column) => standingOf(row, column))).filter((pair) => pair.isMet).sort((left, right) => right.sums.failed - left.sums.failed);
      return table(`Pairs of implementations, ${group || "all dtypes and outputs"}, those that deviate most first${pairs.length > MaxTableRows ? `; the first ${countText(MaxTableRows)} of ${countText(pairs.length)}` : ""}`,
        [["implementation"], ["other"], ["agreement", "nowrap"], ...Counts.map(([, text]) => [text, "number"]), ["widest", "number"], ["at", "mono nowrap"]],
        pairs.slice(0, MaxTableRows).map((pair) => [breakable(nameOf(pair.row)), breakable(nameOf(pair.column)), element("span", { class: pair.kind === "f" ? "bad-text" : null }, pair.words), ...Counts.map(([key]) => countText(pair.sums[key])), pair.worst || "-", pair.at || "-"]));
    }

    part("agreement", "Agreement", "How implementations agree with each other, which decides nothing: = all elements equal, ≈ all close by isclose, co some only because both are within their contracts of the truth, w some waived, F some deviate. The numbers are in the table below.",
      element("div", { class: "controls" }, select("dtype and output", groups, (event) => { group = event.target.value; rebuild(); }, "agreement-group")), place, asTable.node);
    rebuild();
  }

  function findings() {
    const all = run.findings.map((finding, index) => ({ finding, again: data.again[index], text: JSON.stringify(finding).toLowerCase() }));
    const unique = (key) => [["", "all"], ...[...new Set(run.findings.map((one) => one[key]))].map((value) => [value, value])];
    const list = element("div", { id: "finding-list" }), counted = element("p", { class: "muted", role: "status", id: "finding-count" });
    const wanted = { implementation: "", check: "", output: "", text: "" };

    function item({ finding, again }) {
      const place = finding.index === undefined ? finding.caseId : `${finding.caseId}[${finding.index}]`;
      const size = finding.ulps === undefined ? "" : `: ${ulpText(numberOf(finding.ulps))} ULP`;
      return element("details", { class: "finding" },
        element("summary", null, element("span", { class: "tag bad-text" }, finding.check), ` ${finding.output} of ${nameOf(finding.implementation)}${size} `, element("span", { class: "muted mono" }, place)),
        facts([["elements", countText(finding.count)], ["logit", elementText(finding.logit)], ["label", elementText(finding.label)], ["returned", elementText(finding.actual)], ["truth", elementText(finding.truth)],
          ["allowed", finding.boundUlps === undefined ? null : `${ulpText(numberOf(finding.boundUlps))} ULP`], ["inherent", finding.inherent], ["recorded", finding.recorded],
          ["shrunken to", finding.shrunk?.repeats ? `${finding.shrunk.shape}: logits ${finding.shrunk.logits.map(elementText).join(", ")}; labels ${finding.shrunk.labels.map(elementText).join(", ")}` : null],
          ["repeated by", finding.shrunk?.folder]]),
        finding.message ? textBlock("What it said", finding.message) : null,
        finding.standings.length ? table("How every implementation stands at this element", [["implementation"], ["output", "mono"], ["error ULP", "number"], ["allowed", "number"], ["within"]],
          finding.standings.map((one) => [nameOf(one.implementation), elementText(one.actual), ulpText(numberOf(one.ulps)), ulpText(numberOf(one.boundUlps)), one.isWithin ? "yes" : element("span", { class: "bad-text" }, "no")])) : null,
        textBlock("The command that repeats it", again));
    }

    function rebuild() {
      const words = wanted.text.toLowerCase().split(/\s+/).filter((word) => word);
      const kept = all.filter(({ finding, text }) => ["implementation", "check", "output"].every((key) => !wanted[key] || finding[key] === wanted[key]) && words.every((word) => text.includes(word)));
      list.replaceChildren(...kept.map(item));
      const more = run.summary.findings - run.findings.length;
      counted.textContent = `${countText(kept.length)} of ${countText(run.summary.findings)} findings${more > 0 ? `; this page holds the first ${countText(run.findings.length)}, run.json more` : ""}.`;
    }

    const filter = (label, key) => select(label, unique(key), (event) => { wanted[key] = event.target.value; rebuild(); }, "finding-" + key);
    part("findings", "Findings", null, run.findings.length
      ? [element("div", { class: "controls" }, filter("implementation", "implementation"), filter("check", "check"), filter("output", "output"),
        element("label", null, "search", element("input", { type: "search", id: "finding-search", placeholder: "words, bits, a case id", oninput: (event) => { wanted.text = event.target.value; rebuild(); } }))), counted, list]
      : element("p", null, "No finding that no waiver covers."));
    if (run.findings.length) rebuild();
    if (data.lost.length) {
      part("lost", "Lost evaluations", "What brought no output: the implementation crashed, did not return in time or raised an error. Its other cases went on.",
        data.lost.map((one) => element("details", { open: data.lost.length < 6 }, element("summary", null, element("span", { class: "tag bad-text" }, one.verdict), ` ${nameOf(one.implementation)}, ${countText(one.cases)} ${one.cases === 1 ? "case" : "cases"} `, element("span", { class: "muted mono" }, one.first)), textBlock("What it said", one.message))),
        data.lostMore ? element("p", { class: "muted" }, `and ${countText(data.lostMore)} more messages; see run.json.`) : null);
    }
  }

  function waivers() {
    const shown = run.waivers.filter((one) => one.state !== "NotExercised");
    if (!shown.length) return;
    part("waivers", "Waivers", "Known deviations, each with its reason. One that no longer matches fails the run.",
      table("Waivers that this run exercised", [["waiver"], ["state"], ["elements", "number"], ["reason"], ["source"]],
        shown.map((one) => [one.id, element("span", { class: one.state === "Used" ? null : "warn-text" }, one.state), countText(one.elements), one.reason, one.source])));
  }

  function provenance() {
    part("provenance", "Provenance", null, table("With what this run was made", [["what"], ["which"]], data.provenance));
  }

  // ---------------------------------------------------------------------- the page

  implementations();
  relations();
  agreement();
  errorPlot();
  distribution();
  findings();
  waivers();
  provenance();

  const theme = document.getElementById("theme"), redraw = () => plots.forEach((plot) => plot.redraw());
  theme.addEventListener("change", () => {
    if (theme.value) document.documentElement.dataset.theme = theme.value;
    else delete document.documentElement.dataset.theme;
    redraw();
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  window.addEventListener("resize", () => plots.forEach((plot) => plot.resize()));
})();
