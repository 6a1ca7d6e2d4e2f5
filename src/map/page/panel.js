// The panel beside the map: words, zones, answers, facts, search, table. Whatever comes from data is set as text.

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child !== null));
  return made;
}

// A name of any writing direction, apart from the text around it.
const apart = (text) => element("bdi", { textContent: text });

const MOST_LISTED = 500;
const MOST_FOUND = 8;

function Panel(data, parcels, locator, state, on) {
  const { zones, sites, table } = data;
  const byId = (id) => document.getElementById(id);
  const words = () => data.words[state.lang];
  const word = (key, values = {}) =>
    words()[key].replace(/\{(\w+)\}/g, (hole, name) => (name in values ? values[name] : hole));
  // The same as a list of nodes, in which names stand apart.
  const sentence = (key, values) =>
    words()[key].split(/\{(\w+)\}/).map((part, i) => (i % 2 ? values[part] : part)).filter((part) => part !== "");

  const nameOf = (number) => {
    const zone = zones[number];
    return state.lang === "en" ? zone.nameEn ?? zone.name : zone.name;
  };
  const rowNameOf = (rows, number) => (state.lang === "en" && rows.name_en[number]) || rows.name[number] || "";
  const siteNameOf = (number) => rowNameOf(sites, number);
  const parcelNameOf = (number) => rowNameOf(parcels, number);
  const titled = (number) => [apart(nameOf(number)), " [", apart(zones[number].id), "]"];
  const hues = huesOf(zones);
  const hasFindings = table?.hasFindings ?? false;
  const hueClass = (number) => `hue-${hasFindings ? "none" : hues[number] ?? "none"}`;

  function writeWords() {
    document.documentElement.lang = state.lang === "zh" ? "zh-CN" : "en";
    for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
    for (const node of document.querySelectorAll("[data-label]")) {
      node.setAttribute("aria-label", word(node.dataset.label));
      if (node.tagName === "BUTTON" || node.tagName === "INPUT") node.title = word(node.dataset.label);
    }
    for (const node of document.querySelectorAll("[data-hint]")) node.placeholder = word(node.dataset.hint);
    byId("title").textContent = document.title = data.title[state.lang];
    byId("language").title = word("language-label");
    byId("language").lang = state.lang === "zh" ? "en" : "zh-CN";
    writeTheme();
    byId("notice").textContent = data.notice[state.lang] ?? "";
    byId("notice").hidden = data.notice[state.lang] === null;
    byId("outline").textContent = data.outline[state.lang] ?? "";
    byId("outline").hidden = data.outline[state.lang] === null;
    const source = data.source[state.lang];
    const credit = (key, text) => element("span", {}, word(key), word("colon"), apart(text));
    byId("source").replaceChildren(
      ...(data.ownSource === null ? [] : [credit("own-source", data.ownSource), " "]),
      ...(source === null ? [] : [credit(data.ownSource === null ? "source" : "outline-source", source)]));
    byId("zones-title").textContent = word(data.isLayer ? "zones-of-layer" : "zones");
    byId("about-gcj02").hidden = !data.isGcj02;
    byId("credit").textContent = [...new Set(data.baseMaps.map((map) => map.host))]
      .map((host) => word("base-map", { host })).join(" ");
  }

  function writeTheme() {
    byId("theme").textContent = { auto: "◐", light: "○", dark: "●" }[state.theme];
    byId("theme").title = word(`theme-${state.theme}`);
    byId("theme").setAttribute("aria-label", word(`theme-${state.theme}`));
  }

  function writeLayers() {
    const titles = {
      zones: data.isLayer ? "layer-features" : "layer-zones",
      ...(hasFindings ? { sites: "layer-findings", parcels: sites === null ? "layer-findings" : "layer-finding-areas" } : {}),
    };
    const boxes = Object.keys(state.layers).map((layer) => {
      const box = element("input", { type: "checkbox", checked: state.layers[layer] });
      box.addEventListener("change", () => {
        state.layers[layer] = box.checked;
        on.change();
      });
      return element("label", {}, box, word(titles[layer] ?? `layer-${layer}`));
    });
    byId("layers").replaceChildren(byId("layers").querySelector("legend"), ...boxes);
  }

  // The zones as a tree: the legend of the map, and its keyboard way.
  function writeZones() {
    let listed = 0;
    const item = (number) => {
      listed += 1;
      const zone = zones[number];
      const swatch = element("span", { className: `swatch ${hueClass(number)} ${zone.level ?? ""}` });
      const area = element("span", { className: "area", textContent: word("square-kilometres", { number: zone.areaKm2.toFixed(2) }) });
      const button = element("button", { type: "button" }, swatch, apart(nameOf(number)), area);
      button.dataset.zone = number;
      button.addEventListener("click", () => on.select(number));
      const parts = [...zones.keys()].filter((part) => zones[part].parent === number);
      return element("li", {}, button, parts.length ? element("ul", {}, ...parts.map(item)) : null);
    };
    const tops = [...zones.keys()].filter((number) => zones[number].parent === null);
    const items = tops.slice(0, MOST_LISTED).map(item);
    if (tops.length > items.length) items.push(more(tops.length - items.length));
    byId("zones").replaceChildren(...items);
    markSelected();
  }

  const more = (count) => element("li", { className: "fine", textContent: word("more-found", { count }) });

  function markSelected() {
    for (const button of byId("zones").querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.zone) === state.selected));
    }
  }

  // The signs of certainties that there are; where an outline states no accuracy, that one has none.
  function writeCertaintyKey(key, certainties = []) {
    const isUnknown = (certainty) => certainty === null;
    const isShown = {
      assessed: !certainties.length || certainties.some((certainty) => !isUnknown(certainty)),
      unknown: certainties.some(isUnknown),
    };
    for (const sign of byId(key).querySelectorAll("[data-sign]")) sign.hidden = !isShown[sign.dataset.sign];
  }

  function writeTable() {
    byId("table").hidden = table === null;
    if (table === null) return;
    const title = parcels === null ? "layer-sites" : sites === null ? "layer-parcels" : "sites-and-parcels";
    byId("table-title").textContent = word(hasFindings ? "layer-findings" : title);
    byId("sites-key").hidden = sites === null || hasFindings;
    byId("parcels-key").hidden = parcels === null || hasFindings;
    byId("findings-key").hidden = !hasFindings;
    writeCertaintyKey("sites-key", sites?.uncertain);
    writeCertaintyKey("parcels-key", parcels?.certainty);
    const { tally, invalid } = table.said[state.lang];
    const texts = [...tally];
    if (sites === null && parcels === null) texts.push(word("none-shown"));
    else if (table.isOutside) texts.push(word("all-outside"));
    if (table.invalid > 0) {
      texts.push(word("rows-invalid", { count: table.invalid }), ...invalid);
      if (table.invalid > invalid.length) texts.push(word("more-found", { count: table.invalid - invalid.length }));
    }
    byId("table-said").replaceChildren(...texts.map((text) => element("p", {}, apart(text))));
  }

  function writeAreas() {
    const number = (value, digits) => (value === null ? "" : value.toFixed(digits));
    const signed = (value, digits) => {
      if (value === null) return "";
      const text = Math.abs(value).toFixed(digits);
      return Number(text) === 0 ? text : `${value < 0 ? "−" : "+"}${text}`;
    };
    const cells = (size) => {
      const ppm = size.ppm === null ? null : element("small", { textContent: `${signed(size.ppm, 1)} ppm` });
      return [[number(size.areaKm2, 4)], [size.publishedKm2 ?? ""], [signed(size.differenceKm2, 4), ppm]]
        .map((parts) => element("td", {}, ...parts));
    };
    const heads = ["name", "area-km2", "published-km2", "difference-km2"]
      // Chinese headings have their unit in a line of its own.
      .map((key) => element("th", { scope: "col", textContent: word(key).replace(/(\S)\((.*)\)/, "$1\u200b($2)") }));
    const rows = zones.slice(0, MOST_LISTED).map((zone, row) =>
      element("tr", {}, element("th", { scope: "row" }, apart(nameOf(row))), ...cells(zone)));
    const total = element("th", { scope: "row", textContent: word(data.isLayer ? "total-of-layer" : "total") });
    byId("areas").querySelector("table").replaceChildren(
      element("thead", {}, element("tr", {}, ...heads)),
      element("tbody", {}, ...rows),
      element("tfoot", {}, element("tr", {}, total, ...cells(data.total))));
  }

  const list = (pairs) =>
    element("dl", {}, ...pairs.flatMap(([name, ...value]) =>
      [element("dt", {}, name), element("dd", {}, ...value)]));

  function lengthText(metres) {
    return metres < 10000
      ? word("metres", { number: metres.toFixed(1) })
      : word("kilometres", { number: (metres / 1000).toFixed(3) });
  }

  function answerBox({ lon, lat, uncertainty, found, site }) {
    const separated = (numbers, separator, shown) => numbers.flatMap((n, i) => [...(i ? [separator] : []), ...shown(n)]);
    const name = (number) => [apart(nameOf(number))];
    const pairs = [[word("position"), word(found.position)]];
    if (found.zone !== null) pairs.push([word("zone"), ...titled(found.zone)]);
    if (found.cluster !== null) pairs.push([word("cluster"), ...titled(found.cluster)]);
    if (found.finest !== null && !data.isLayer) {
      pairs.push([word("path"), ...separated(locator.path(found.finest), " → ", name)]);
    }
    if (found.onBoundary.length) pairs.push([word("boundary-of"), ...separated(found.onBoundary, ", ", titled)]);
    const measured = found.nearest ?? found.finest;
    if (measured !== null) {
      const key = found.position === "outside" ? "to-zone" : "to-boundary";
      const values = { distance: lengthText(found.distance), name: apart(nameOf(measured)) };
      pairs.push([word("distance"), ...sentence(key, values)]);
    } else pairs.push([word("distance"), word("nothing")]);
    if (measured !== null && found.certainty === null) pairs.push([word("certainty"), word("not-assessed-reason")]);
    if (found.certainty === "certain") pairs.push([word("certainty"), word("far-from-boundaries")]);
    if (found.certainty === "uncertain") {
      pairs.push([word("certainty"), ...sentence("near-a-boundary", {
        name: apart(nameOf(found.doubt)),
        accuracy: zones[found.doubt].accuracy,
        site: uncertainty > 0 ? word("uncertain-site", { uncertainty }) : "",
      })]);
    }
    const title = site === null || !siteNameOf(site) ? [word("answer")] : [apart(siteNameOf(site))];
    const where = element("p", { className: "where", textContent: lonLatText([lon, lat]) });
    return element("div", { className: "box" }, head(title), where, list(pairs), ...(site === null ? [] : ownColumns(sites, site)));
  }

  // What stands in the columns of a row, but for those that are shown otherwise.
  function ownColumns(rows, number, shown = []) {
    const own = (rows.cells[number] ?? []).filter(([column]) => !shown.includes(table.columns[column]))
      .map(([column, text]) => [apart(table.columns[column]), apart(text)]);
    return own.length ? [element("h3", { textContent: word("own-columns") }), list(own)] : [];
  }

  // What was found, then the columns of the finding.
  function findingBox(rows, number, name) {
    const severity = rows.severity[number];
    const message = table.columns.indexOf("message");
    const [, found] = (rows.cells[number] ?? []).find(([column]) => column === message) ?? [null, ""];
    const title = [element("span", { className: `dot severity-${severity}` }), " ", apart(name)];
    const pairs = [[word("severity"), word(`severity-${severity}`)], [word("finding"), apart(found)]];
    return element("div", { className: "box" }, head(title), list(pairs),
      ...ownColumns(rows, number, ["severity", "message"]));
  }

  const hectares = (squareMetres) => (squareMetres / 1e4).toFixed(4);
  const percent = (share) => (share * 100).toFixed(2);

  function parcelBox(number) {
    const parts = parcels.parts[number];
    const [zone, share] = parts[parcels.majority[number]];
    const area = { ha: hectares(parcels.area[number]), mu: (parcels.area[number] * 0.0015).toFixed(3) };
    const pairs = [
      [word("zone"), ...(zone === null ? [word("in-no-zone")] : titled(zone))],
      [word("share"), `${percent(share)} %`],
      [word("relation"), word(parcels.relation[number])],
    ];
    if (parts.length > 1) {
      const said = ([zone, share, area]) => element("div", {}, ...sentence("part", {
        name: apart(zone === null ? word("in-no-zone") : nameOf(zone)), share: percent(share), ha: hectares(area),
      }));
      pairs.push([word("parts"), ...parts.map(said)]);
    }
    pairs.push([word("parcel-area"), word("hectares", area)]);
    const certainty = parcels.certainty[number];
    pairs.push([word("certainty"), word(certainty === null ? "not-assessed-reason" : `majority-${certainty}`)]);
    const title = [apart(parcelNameOf(number) || word("parcel"))];
    return element("div", { className: "box" }, head(title), list(pairs), ...ownColumns(parcels, number));
  }

  // The same in short: its name, its zone and share, how sure that is.
  function shortOfParcel(number) {
    if (hasFindings) return [parcelNameOf(number)];
    const [zone, share] = parcels.parts[number][parcels.majority[number]];
    const name = zone === null ? word("in-no-zone") : nameOf(zone);
    const certainty = parcels.certainty[number];
    return [parcelNameOf(number), `${name} ${percent(share)} %`, word(certainty ?? "not assessed")];
  }

  function head(title) {
    const close = element("button", { type: "button", textContent: "×", title: word("close") });
    close.setAttribute("aria-label", word("close"));
    close.addEventListener("click", on.close);
    return element("div", { className: "head" }, element("h2", {}, ...title), close);
  }

  function factsBox(number, isFirst) {
    const zone = zones[number];
    const said = zone.said[state.lang];
    const other = state.lang === "en" ? (zone.nameEn === null ? null : zone.name) : zone.nameEn;
    const title = [apart(nameOf(number))];
    const names = element("p", { className: "other" }, ...(other === null ? [] : [apart(other), " "]), "[", apart(zone.id), "]");
    const lists = said.lists.flatMap(([name, items, remark]) => [
      element("h3", { textContent: name }),
      element("ul", {}, ...items.map((item) =>
        element("li", { className: item.startsWith(" ") ? "deeper" : "" }, apart(item.trimStart())))),
      remark === null ? null : element("p", { className: "fine", textContent: remark }),
    ]);
    return element("div", { className: "box" },
      isFirst ? head(title) : element("div", { className: "head" }, element("h2", {}, ...title)),
      names,
      said.summary === null ? null : element("p", { textContent: said.summary }),
      list(said.fields.map(([name, value]) => [name, apart(value)])),
      ...lists);
  }

  function writeCard() {
    const boxes = [];
    const site = state.answer?.site ?? null;
    if (hasFindings && site !== null) boxes.push(findingBox(sites, site, siteNameOf(site)));
    else if (state.answer !== null) boxes.push(answerBox(state.answer));
    if (state.parcel !== null) {
      boxes.push(hasFindings ? findingBox(parcels, state.parcel, parcelNameOf(state.parcel)) : parcelBox(state.parcel));
    }
    if (state.selected !== null) boxes.push(factsBox(state.selected, boxes.length === 0));
    if (boxes.length === 0) boxes.push(element("p", { className: "hint", textContent: word("hint") }));
    byId("card").replaceChildren(...boxes);
    document.documentElement.dataset.asked = [state.answer, state.parcel, state.selected].every((asked) => asked === null) ? "no" : "yes";
    markSelected();
    // In short, for those who listen.
    const isAnswer = state.answer !== null || state.parcel !== null;
    const facts = isAnswer ? [...boxes[0].querySelector("dl").querySelectorAll("dd")].map((fact) => fact.textContent) : [];
    if (state.parcel !== null) facts.unshift(parcelNameOf(state.parcel) || word("parcel"));
    const heard = isAnswer || state.selected === null ? facts : [nameOf(state.selected)];
    byId("status").textContent = heard.join("; ");
  }

  function writeGrouped({ count, areGrouped }) {
    byId("grouped").hidden = !areGrouped;
    byId("grouped").textContent = areGrouped ? word("sites-grouped", { count }) : "";
  }

  const near = zones.reduce((sum, zone) => sum + (zone.box[0] + zone.box[2]) / 2, 0) / zones.length;
  const lonLatText = (lonLat) => lonLat.map((value) => Number(value.toFixed(7))).join(", ");

  const readings = (text) => typedPosition(text, near)?.readings ?? [];

  // What the text may mean, as buttons.
  function choicesFor(text) {
    const position = typedPosition(text, near);
    if (position?.problem) {
      const swapped = position.swapped?.map((value) => Number(value.toFixed(7))).join(", ");
      return { problem: word(position.problem === "swapped" ? "looks-swapped" : "not-a-position", { text, swapped }) };
    }
    if (position) {
      const choices = position.readings.map(({ lonLat, system }) => ({
        label: [system === null ? "" : `${system}: `, lonLatText(lonLat)], isExact: true, choose: () => on.goTo(lonLat),
      }));
      return { groups: [choices] };
    }
    const named = {
      zone: { sign: "", nameOf, choose: on.select },
      parcel: { sign: "▰ ", nameOf: parcelNameOf, choose: on.chooseParcel },
      site: { sign: "● ", nameOf: siteNameOf, choose: on.chooseSite },
    };
    const groups = matches(text, data).map((ofKind) => ofKind.map(({ kind, number, cell, isExact }) => {
      const { sign, nameOf, choose } = named[kind];
      const name = nameOf(number);
      // Where it was found in another column than the names, that column and what stands there.
      const found = cell === null ? [] : [element("small", {}, apart(table.columns[cell[0]]), word("colon"), apart(cell[1]))];
      return { label: [sign, ...(name ? [apart(name), " "] : []), ...found], isExact, choose: () => choose(number) };
    }));
    return groups.some((group) => group.length) ? { groups } : { problem: word("not-found", { text }) };
  }

  function writeChoices(groups) {
    const item = ({ label, choose }) => {
      const button = element("button", { type: "button" }, ...label);
      button.addEventListener("click", () => {
        byId("found").replaceChildren();
        choose();
      });
      return element("li", {}, button);
    };
    const items = groups.flatMap((group) =>
      [...group.slice(0, MOST_FOUND).map(item), ...(group.length > MOST_FOUND ? [more(group.length - MOST_FOUND)] : [])]);
    byId("found").replaceChildren(element("ul", {}, ...items));
  }

  // Sites that no zoom sets apart.
  function offerSites(numbers) {
    const name = (number) => siteNameOf(number) || word("row", { number: number + 1 });
    writeChoices([numbers.map((number) => ({ label: ["● ", apart(name(number))], choose: () => on.chooseSite(number) }))]);
    byId("found").querySelector("button").focus();
  }

  function writeFound() {
    const text = byId("query").value;
    if (text.trim() === "") return byId("found").replaceChildren();
    const { problem, groups } = choicesFor(text);
    if (problem) byId("found").replaceChildren(element("p", { textContent: problem }));
    else writeChoices(groups);
  }

  byId("query").addEventListener("input", writeFound);
  // The only one, or the only one that is called just so, else a choice.
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    writeFound();
    const text = byId("query").value;
    const all = text.trim() === "" ? [] : (choicesFor(text).groups ?? []).flat();
    const exact = all.filter(({ isExact }) => isExact);
    const [only] = all.length === 1 ? all : exact.length === 1 ? exact : [];
    if (only === undefined) return byId("found").querySelector("button")?.focus();
    byId("found").replaceChildren();
    only.choose();
  });

  function writeAll() {
    writeWords();
    writeLayers();
    writeZones();
    writeTable();
    writeAreas();
    writeCard();
    writeFound();
  }

  return {
    writeAll, writeCard, writeTheme, writeGrouped, offerSites, readings, nameOf, siteNameOf, parcelNameOf, shortOfParcel, word,
  };
}
