"use strict";
(() => {
  const later = (wait, call) => {
    let waiting;
    return () => { clearTimeout(waiting); waiting = setTimeout(call, wait); };
  };
  // Fields that are left empty stand for nothing, and an address is shorter without them.
  const address = (form) => {
    const given = [...new FormData(form)].filter(([, value]) => value !== "");
    const query = new URLSearchParams(given).toString();
    return form.action.split("?")[0] + (query ? `?${query}` : "");
  };

  // The list builder: what a filter finds is fetched as it changes.
  const filter = document.getElementById("filter");
  if (filter) {
    let asked = 0;
    const show = async () => {
      if (!filter.checkValidity()) return;
      const number = ++asked;
      const url = address(filter);
      const response = await fetch(url, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (number !== asked) return;
      const result = document.getElementById("result");
      const fresh = page.getElementById("result");
      if (fresh) {
        result.replaceChildren(...fresh.childNodes);
        history.replaceState(null, "", url);
      } else {
        const words = document.createElement("p");
        words.className = "said problem";
        words.textContent = (page.querySelector(".lead") || page.body).textContent;
        result.replaceChildren(words);
      }
    };
    filter.addEventListener("input", later(350, show));
    filter.addEventListener("submit", (event) => { event.preventDefault(); show(); });
  }

  // What if: the model answers as a feature moves.
  const form = document.getElementById("what-if");
  if (form) {
    const verdict = document.getElementById("verdict");
    let asked = 0;
    const show = async () => {
      const row = {};
      for (const field of form.querySelectorAll("input[type=number]")) {
        if (field.value !== "" && Number.isFinite(field.valueAsNumber)) row[field.name] = field.valueAsNumber;
      }
      const number = ++asked;
      const response = await fetch(form.dataset.assign, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(row),
      });
      if (number !== asked || !response.ok) return;
      const given = await response.json();
      const name = document.getElementById("verdict-name");
      name.firstChild.textContent = given.segment;
      document.getElementById("verdict-margin").textContent = `${Math.round(100 * given.margin)}%`;
      document.getElementById("verdict-distance").textContent = given.distance.toFixed(3);
      for (const says of verdict.querySelectorAll(".says")) {
        says.hidden = Number(says.dataset.segmentId) !== given.segment_id;
        if (!says.hidden) {
          verdict.className = `card s${says.dataset.place}`;
          name.href = says.dataset.url;
        }
      }
      history.replaceState(null, "", address(form));
    };
    const soon = later(60, show);
    form.addEventListener("input", (event) => {
      const field = event.target;
      if (field.dataset.for) {
        const number = document.getElementById(field.dataset.for);
        number.value = String(Number(Number(field.value).toPrecision(4)));
      } else {
        const slider = form.querySelector(`[data-for="${field.id}"]`);
        if (slider && field.value !== "") {
          if (field.valueAsNumber > Number(slider.max)) slider.max = field.value;
          slider.value = field.value;
        }
      }
      soon();
    });
    form.addEventListener("submit", (event) => { event.preventDefault(); show(); });
  }

  const sql = document.getElementById("sql");
  if (sql) {
    sql.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) sql.form.requestSubmit();
    });
  }
})();
