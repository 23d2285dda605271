"use strict";
(() => {
  const { config, locale, specs } = JSON.parse(document.getElementById("charts").textContent);
  const views = new Map();

  // Rows come by column, and texts as places in a list of those that there are.
  const unpacked = ({ names, columns, length }) => {
    const read = columns.map((c) => (Array.isArray(c) ? (i) => c[i] : (i) => c.words[c.at[i]]));
    return Array.from({ length }, (_, i) => Object.fromEntries(names.map((n, j) => [n, read[j](i)])));
  };
  for (const { datasets } of Object.values(specs)) {
    for (const name of Object.keys(datasets)) datasets[name] = unpacked(datasets[name]);
  }

  const tip = document.getElementById("tip");
  let chosen = 0;

  const phone = () => innerWidth < 620;

  // Heads of narrow columns are slanted.
  const narrow = ({ cells, head }, width) => (width - 190) / cells < head;

  // A facet has panels of its own width: as many beside each other as the page has room for.
  // A grid that the page is too narrow for keeps its least width and scrolls.
  const fitted = (spec, width) => {
    const { least, panel, gutter, even, square } = spec.usermeta || {};
    if (square) return [{ ...spec, height: Math.min(spec.height, Math.max(280, width)) }, 0];
    if (least) {
      const wanted = least[phone() ? 1 : 0];
      const slanted = { name: "slanted", value: narrow(spec.usermeta, Math.max(width, wanted)) };
      const grid = { ...spec, params: [...spec.params.filter((p) => p.name !== "slanted"), slanted] };
      return width < wanted ? [{ ...grid, width: wanted }, 1] : [grid, 0];
    }
    if (!panel) return [spec, 0];
    const room = Math.max(1, Math.min(spec.columns || 1, Math.floor((width - gutter) / panel)));
    const columns = even && room > 1 ? room - (room % 2) : room;
    const wide = inner(spec, columns, width);
    const header = { ...spec.facet.header, labelLimit: wide + spec.spacing.column / 2 };
    const facet = { ...spec.facet, header };
    return [{ ...spec, facet, columns, spec: { ...spec.spec, width: wide } }, columns];
  };

  // The width of a panel: without a gutter, each has the labels of an axis beside it.
  const inner = (spec, columns, width) => {
    const { gutter } = spec.usermeta;
    const { column } = spec.spacing;
    return Math.max(90, Math.floor((width - (gutter || 48) - column * (columns - 1)) / columns - 12));
  };

  const show = (_, event, __, value) => {
    tip.hidden = value === null || value === undefined || value === "" || typeof value !== "object";
    if (tip.hidden) return;
    tip.replaceChildren(...Object.entries(value).map(([name, text]) => {
      const line = document.createElement("div");
      const label = line.appendChild(document.createElement("span"));
      const words = line.appendChild(document.createElement("b"));
      label.textContent = name;
      words.textContent = text;
      return line;
    }));
    const { width, height } = tip.getBoundingClientRect();
    const left = Math.min(event.clientX + 14, innerWidth - width - 8);
    const above = event.clientY + height + 24 > innerHeight;
    tip.style.transform = `translate(${Math.max(8, left)}px,${above ? event.clientY - height - 12 : event.clientY + 16}px)`;
  };

  const choose = (id) => {
    chosen = id === chosen ? 0 : id;
    document.body.classList.toggle("chosen", chosen !== 0);
    for (const card of document.querySelectorAll(".card, .glance tr[data-segment]")) {
      card.classList.toggle("picked", Number(card.dataset.segment) === chosen);
    }
    for (const button of document.querySelectorAll("button[data-segment]")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.segment) === chosen));
    }
    for (const { view } of views.values()) view.signal("chosen", chosen).runAsync();
  };

  const draw = async (plot) => {
    const name = plot.dataset.chart;
    const params = specs[name].params.map((p) => (p.name === "phone" ? { ...p, value: phone() } : p));
    const [spec, columns] = fitted({ ...specs[name], params }, plot.clientWidth);
    // On a phone, names beside a chart give way to it.
    const axisY = { ...config.axisY, ...(phone() ? { labelLimit: 124 } : {}) };
    const old = views.get(name);
    if (old) old.finalize();
    const options = {
      mode: "vega-lite", ast: true, actions: false, renderer: "svg", defaultStyle: false,
      config: { ...config, axisY }, tooltip: show,
      formatLocale: locale,
    };
    const result = await vegaEmbed(plot, spec, options);
    const slides = columns === 1 && !spec.facet;
    plot.classList.toggle("slides", slides);
    if (slides) plot.tabIndex = 0; else plot.removeAttribute("tabindex");
    views.set(name, {
      view: result.view, finalize: result.finalize, spec, columns, width: plot.clientWidth,
    });
    if (chosen) result.view.signal("chosen", chosen).runAsync();
    result.view.addEventListener("click", (_, item) => {
      const id = item && item.datum && item.datum.segment_id;
      if (typeof id === "number") choose(id);
    });
  };

  const failed = (plot, error) => {
    plot.classList.add("failed");
    plot.textContent = "This chart could not be drawn; its numbers are below.";
    console.error(error);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-segment]");
    if (button) return choose(Number(button.dataset.segment));
    const card = event.target.closest(".card, .glance tr[data-segment]");
    const marked = getSelection();
    if (card && !event.target.closest("a,code,pre,summary") && (!marked || marked.isCollapsed)) {
      choose(Number(card.dataset.segment));
    }
  });
  document.addEventListener("scroll", () => { tip.hidden = true; }, { passive: true });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { tip.hidden = true; if (chosen) choose(chosen); }
  });

  // The section that is read is marked in the contents.
  const links = new Map([...document.querySelectorAll(".contents a")].map((a) => [a.hash.slice(1), a]));
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(target.id).setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-15% 0px -80% 0px" });
  for (const section of document.querySelectorAll("main > section")) seen.observe(section);

  let waiting;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      for (const plot of document.querySelectorAll(".plot")) {
        const old = views.get(plot.dataset.chart);
        if (old && old.columns && old.width !== plot.clientWidth) draw(plot).catch((e) => failed(plot, e));
      }
    }, 200);
  });

  // A sheet is narrower than a screen: the charts are drawn for it, since letters that shrink with
  // a picture cannot be read. Nothing may wait here.
  const SHEET = 650;
  const printed = (turn) => {
    for (const { view, spec, columns, width } of views.values()) {
      const wide = turn ? SHEET : width;
      if (spec.facet) view.signal("child_width", inner(spec, columns, wide));
      else {
        // Fitted into 650 pixels, a plot may have just the width that is asked for now, and Vega
        // would see no change.
        view.signal("width", 1).run();
        view.signal("width", spec.width === "container" ? wide : spec.width);
      }
      const { least } = spec.usermeta || {};
      if (least) view.signal("slanted", narrow(spec.usermeta, wide));
      view.signal("phone", turn ? false : phone());
      // Once for the width, and once for the room that words take at that width.
      view.resize().run().resize().run();
    }
  };
  addEventListener("beforeprint", () => printed(true));
  addEventListener("afterprint", () => printed(false));

  (async () => {
    for (const plot of document.querySelectorAll(".plot")) {
      try { await draw(plot); } catch (error) { failed(plot, error); }
    }
    document.documentElement.dataset.ready = String(views.size);
    document.documentElement.dataset.took = String(Math.round(performance.now()));
  })();
})();
