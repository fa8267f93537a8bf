"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const view = document.getElementById("view");
  if (!view) return;
  const state = { input: 0, version: data.versions.length - 1 };

  const make = (name, options = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(options)) {
      if (key === "text") element.textContent = value;
      else if (value !== null && value !== undefined) element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child !== null));
    return element;
  };

  // Rows of cells

  const places = (steps) => {
    const shown = steps.positions.map((position, index) => ({ position, index }));
    if (steps.split !== null) shown.splice(steps.split, 0, null);
    return shown;
  };

  // The atom None is an empty cell; the literal of a string has quotes.
  const tone = (sequence, index, part) => `c-${sequence.full[index] === "None" ? "unselected" : part}`;

  const strip = (steps, row, part) => {
    const sequence = steps.sequences[row.seq];
    const cells = places(steps).map((place) =>
      place === null
        ? make("span", { class: "cell gap", text: "…" })
        : make("span", {
            class: `cell ${tone(sequence, place.index, part)}`, text: sequence.short[place.index],
            title: `position ${place.position}: ${sequence.full[place.index]}`,
          }));
    if (!cells.length) cells.push(make("span", { class: "note", text: "no positions" }));
    const name = make("div", {}, make("span", { class: "name mono", text: row.name }),
      row.how ? make("span", { class: "how mono", text: ` = ${row.how}` }) : null);
    return make("div", { class: "row" }, name,
      make("div", { class: "scroll" }, make("div", { class: "strip", role: "img",
        "aria-label": `${row.name}: ${sequence.full.join(", ")}` }, ...cells)));
  };

  // Attention

  const unique = (items) => {
    const seen = new Map();
    for (const item of items) if (!seen.has(item.seq)) seen.set(item.seq, item);
    return [...seen.values()];
  };

  const matrix = (steps, head) => {
    const queries = unique(head.comparisons.map((each) => each.query));
    const keys = unique(head.comparisons.map((each) => each.key));
    const shown = places(steps);
    const table = make("table", { class: "matrix", role: "grid",
      "aria-label": `attention ${head.selector}: rows are queries, columns are keys` });
    const side = (what, name) => make("th", { class: "side", colspan: queries.length + 2,
      title: `${what} ${name}`, text: `${what} ${name}`, scope: "row" });
    const across = (item, part) => shown.map((place) => place === null
      ? make("td", { class: "gap", text: "…" })
      : make("td", { class: `cell ${tone(steps.sequences[item.seq], place.index, part)}`, "data-column": place.index,
          text: steps.sequences[item.seq].short[place.index],
          title: steps.sequences[item.seq].full[place.index] }));
    const line = (what, item, part) => make("tr", { role: "row" }, side(what, item.name), ...across(item, part));
    const top = make("tr", { role: "row" }, make("th"), ...queries.map((query) => make("th", { class: "place", scope: "col",
      title: `query ${query.name}`, text: queries.length > 1 ? "q" : "query" })), make("th"),
      ...shown.map((place) => make("th", { class: "place", scope: "col", text: place === null ? "" : place.position })),
      make("th"), ...head.results.map((result) => make("th", { class: "place", scope: "col", title: result.name,
        text: head.results.length > 1 ? result.name : "result" })));
    const body = shown.map((place) => {
      if (place === null) {
        return make("tr", { role: "row" }, make("td", { class: "gap", colspan: queries.length + 2, text: "…" }));
      }
      const row = place.index;
      const cell = (column, color, text, title) => make("td", { class: `cell ${color}`, role: "gridcell",
        tabindex: "-1", "data-row": row, "data-at": column, text, title });
      const atom = (column, part, sequence) =>
        cell(column, tone(sequence, row, part), sequence.short[row], sequence.full[row]);
      const left = queries.map((query, number) => atom(number - queries.length, "query", steps.sequences[query.seq]));
      const entries = shown.map((column) => {
        if (column === null) return make("td", { class: "gap", text: "…" });
        const on = head.rows[row][column.index] === "1";
        const entry = cell(column.index, on ? "c-selected" : "c-unselected", on ? "●" : "", null);
        entry.setAttribute("data-column", column.index);
        entry.setAttribute("aria-label", `query ${place.position}, key ${column.position}: ${on ? "attends" : "no"}`);
        return entry;
      });
      const right = head.results.map((result, number) =>
        atom(steps.positions.length + number, "result", steps.sequences[result.seq]));
      return make("tr", { role: "row" }, make("td"), ...left, make("th", { class: "place", scope: "row", text: place.position }),
        ...entries, make("td"), ...right);
    });
    const width = queries.length + 1 + shown.length + 1 + head.results.length;
    table.append(make("colgroup", {}, make("col"), ...Array.from({ length: width }, () => make("col", { class: "tight" }))));
    table.append(make("tbody", {}, top, ...keys.map((key) => line("key", key, "key")), ...body,
      ...head.values.map((value) => line("value", value, "value")),
      ...head.scores.map((score) => line("score", score, "source"))));
    const first = table.querySelector("[data-row]");
    if (first) first.tabIndex = 0;
    return table;
  };

  const omitted = (count) => `${count} omitted ${count === 1 ? "position" : "positions"}`;

  const attended = (head, row) => [...head.rows[row]].flatMap((entry, column) => (entry === "1" ? [column] : []));

  const held = (steps, comparison, row, column) => {
    const key = steps.sequences[comparison.key.seq].full[column];
    const query = steps.sequences[comparison.query.seq].full[row];
    const on = comparison.rows[row][column] === "1";
    const text = comparison.opaque
      ? `${comparison.symbol}(key ${comparison.key.name} = ${key}, query ${comparison.query.name} = ${query})`
      : `key(${comparison.key.name}) = ${key} ${comparison.symbol} query(${comparison.query.name}) = ${query}`;
    return make("li", { class: on ? "yes mono" : "no mono", text });
  };

  const outcome = (steps, head, result, row) => {
    const columns = attended(head, row);
    const count = head.counts ? head.counts[row] : columns.length;
    const value = steps.sequences[result.value].full;
    const found = steps.sequences[result.seq].full[row];
    const at = (column) => `${value[column]} from position ${steps.positions[column]}`;
    if (steps.split !== null && !head.counts) {
      return `${result.name} = ${found}; ${count} of the visible positions are selected, and the omitted ones are not counted`;
    }
    if (count === 0) return `${result.name} = ${found}, the default: nothing is selected`;
    if (!columns.length && result.kind !== "best") return `${result.name} = ${found}, from ${omitted(count)}`;
    if (result.kind === "best") {
      const from = result.chosen ? ` from position ${result.chosen[row]},` : "";
      return `${result.name} = ${found},${from} the best of ${count} selected: ${head.choice}`;
    }
    if (count === 1 && columns.length === 1) return `${result.name} = ${found}, as ${at(columns[0])}`;
    const sum = columns.slice(0, 12).map((column) => value[column]).join(" + ");
    const rest = count > Math.min(columns.length, 12) ? " + …" : "";
    return result.kind === "mean"
      ? `${result.name} = ${found}, the mean: (${sum}${rest}) / ${count}` : `${result.name} = ${sum}${rest} = ${found}`;
  };

  const listed = (items, most) => items.slice(0, most).join(", ") + (items.length > most ? " …" : "");

  const explained = (steps, head, row, column) => {
    const places_ = attended(head, row).map((each) => steps.positions[each]);
    if (column !== null) {
      const on = head.rows[row][column] === "1";
      return [make("p", { text: `Position ${steps.positions[row]} ${on ? "attends" : "does not attend"} to position ` +
        `${steps.positions[column]}${steps.causal && column > row ? ", a later one, as the program is causal" : ""}:` }),
        make("ul", {}, ...head.comparisons.map((each) => held(steps, each, row, column)))];
    }
    const hidden = head.counts ? head.counts[row] - places_.length : 0;
    const unseen = hidden ? `${places_.length ? " and" : ""} ${omitted(hidden)}` : "";
    const verdict = !places_.length && steps.split !== null && !head.counts ? "attends to none of the visible positions"
      : !places_.length && hidden ? `attends to${unseen}` : places_.length
      ? `attends to ${places_.length === 1 ? "position" : "positions"} ${listed(places_, 16)}${unseen}` : "attends to nothing";
    const lines = [make("p", { text: `Position ${steps.positions[row]} ${verdict}.` })];
    const first = attended(head, row)[0];
    if (first !== undefined) {
      lines.push(make("ul", {}, ...head.comparisons.map((each) => held(steps, each, row, first))));
      if (places_.length > 1) lines.push(make("p", { class: "note", text: `(shown for position ${steps.positions[first]})` }));
    }
    for (const result of head.results) {
      lines.push(make("p", { class: "mono", text: outcome(steps, head, result, row) }));
    }
    return lines;
  };

  const headView = (steps, head) => {
    const why = make("div", { class: "why", role: "status" });
    const table = matrix(steps, head);
    const named = listed(head.title, 6);
    const box = make("article", { class: "head", "aria-label": `head ${named}` }, make("h4", { text: named }),
      make("p", { class: "mono", text: head.name ? `${head.name}: ${head.selector}` : head.selector }),
      make("div", { class: "scroll" }, table),
      head.more ? make("p", { class: "note", text: `… and ${head.more} more comparisons` }) : null, why);
    follow(steps, head, box, table, why);
    return box;
  };

  const follow = (steps, head, box, table, why) => {
    let pinned = null;
    const size = steps.positions.length;
    const rest = () => {
      table.classList.remove("is-active");
      why.replaceChildren(make("p", { class: "note", text: "Point at a position to see which positions it attends to, and why." }));
      for (const cell of table.querySelectorAll(".lit,.near")) cell.classList.remove("lit", "near");
    };
    const show = (cell) => {
      const row = Number(cell.dataset.row), at = Number(cell.dataset.at);
      const column = at >= 0 && at < size ? at : null;
      const best = head.results[0] && head.results[0].chosen ? steps.positions.indexOf(head.results[0].chosen[row]) : -1;
      const lit = new Set(column !== null ? [column] : best >= 0 ? [best] : attended(head, row));
      table.classList.add("is-active");
      for (const each of table.querySelectorAll(".cell")) {
        const mine = each.dataset.row === undefined || Number(each.dataset.row) === row;
        const placed = each.dataset.column === undefined ? null : Number(each.dataset.column);
        each.classList.toggle("lit", mine && (placed === null || lit.has(placed)) && (placed !== null || mine));
        each.classList.toggle("near", mine);
      }
      why.replaceChildren(...explained(steps, head, row, column));
      if (pinned) why.append(make("span", { class: "pin", text: "pinned: Escape releases it" }));
    };
    const pin = (cell) => {
      pinned = cell;
      box.classList.toggle("pinned", Boolean(cell));
      if (cell) show(cell); else rest();
    };
    const target = (event) => event.target.closest("[data-row]");
    table.addEventListener("mouseover", (event) => { if (!pinned && target(event)) show(target(event)); });
    table.addEventListener("mouseleave", () => {
      const active = table.contains(document.activeElement) ? document.activeElement : null;
      if (!pinned) { if (active && active.dataset.row !== undefined) show(active); else rest(); }
    });
    table.addEventListener("focusin", (event) => { if (!pinned && target(event)) show(target(event)); });
    table.addEventListener("focusout", (event) => { if (!pinned && !table.contains(event.relatedTarget)) rest(); });
    table.addEventListener("click", (event) => {
      const cell = target(event);
      if (cell) { move(table, cell); pin(cell === pinned ? null : cell); }
    });
    table.addEventListener("keydown", (event) => {
      const cell = target(event);
      if (!cell) return;
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pin(cell === pinned ? null : cell); }
      else if (event.key === "Escape") { pin(null); show(cell); }
      else {
        const next = neighbor(table, cell, event);
        if (next) { event.preventDefault(); move(table, next); }
      }
    });
    rest();
  };

  const neighbor = (table, cell, event) => {
    const rows = [...table.rows].map((row) => [...row.querySelectorAll("[data-row]")]).filter((row) => row.length);
    const y = rows.findIndex((row) => row.includes(cell));
    const x = rows[y].indexOf(cell);
    const to = { ArrowUp: [y - 1, x], ArrowDown: [y + 1, x], ArrowLeft: [y, x - 1], ArrowRight: [y, x + 1],
      Home: [event.ctrlKey ? 0 : y, 0], End: [event.ctrlKey ? rows.length - 1 : y, rows[y].length - 1] }[event.key];
    return to && rows[to[0]] ? rows[to[0]][to[1]] : undefined;
  };

  const move = (table, cell) => {
    for (const each of table.querySelectorAll('[data-row][tabindex="0"]')) each.tabIndex = -1;
    cell.tabIndex = 0;
    cell.focus();
  };

  // The view

  const layerView = (steps, layer) => {
    if (layer.number === null) return make("p", { class: "note", text: `… and ${layer.skipped} more layers` });
    const title = layer.number ? `Layer ${layer.number}${steps.causal ? ", causal" : ""}` : "Before attention";
    return make("section", { class: "layer", "aria-label": title }, make("h3", { text: title }),
      make("div", { class: "heads" }, ...layer.heads.map((head) => headView(steps, head))),
      layer.hidden ? make("p", { class: "note", text: `… and ${layer.hidden} more heads` }) : null,
      ...layer.rows.map((row) => strip(steps, row, "mlp")),
      layer.more ? make("p", { class: "note", text: `… and ${layer.more} more results` }) : null);
  };

  const render = () => {
    const input = data.inputs[state.input];
    const steps = input.versions[Math.min(state.version, input.versions.length - 1)];
    view.replaceChildren(
      ...[...steps.sources.map((row) => strip(steps, row, "source")),
        steps.note ? make("p", { class: "note", text: steps.note }) : null,
        ...steps.layers.map((layer) => layerView(steps, layer)),
        steps.failure ? make("p", { class: "failure", role: "alert", text: `✗ ${steps.failure}` }) : null,
        ...steps.results.map((row) => strip(steps, row, "result"))].filter((each) => each !== null));
    tabs.forEach((tab, number) => {
      tab.setAttribute("aria-selected", String(number === state.input));
      tab.tabIndex = number === state.input ? 0 : -1;
    });
    versions.forEach((button, number) => button.setAttribute("aria-pressed", String(number === state.version)));
    view.setAttribute("aria-labelledby", `input-${state.input}`);
  };

  const tabs = [...document.querySelectorAll("[role=tab]")];
  const versions = [...document.querySelectorAll(".versions button")];
  const choose = (number, focus) => {
    state.input = (number + tabs.length) % tabs.length;
    render();
    if (focus) tabs[state.input].focus();
  };
  tabs.forEach((tab, number) => {
    tab.addEventListener("click", () => choose(number, false));
    tab.addEventListener("keydown", (event) => {
      const to = { ArrowLeft: number - 1, ArrowRight: number + 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (to !== undefined) { event.preventDefault(); choose(to, true); }
    });
  });
  versions.forEach((button, number) => button.addEventListener("click", () => { state.version = number; render(); }));
  render();
})();
