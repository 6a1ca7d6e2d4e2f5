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
  const hueClass = (number) => `hue-${hues[number] ?? "none"}`;

  function writeWords() {
    document.documentElement.lang = state.lang === "zh" ? "zh-CN" : "en";
    for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
    for (const node of document.querySelectorAll("[data-label]")) {
      node.setAttribute("aria-label", word(node.dataset.label));
      if (node.tagName === "BUTTON" || node.tagName === "INPUT") node.title = word(node.dataset.label);
    }
    for (const node of document.querySelectorAll("[data-hint]")) node.placeholder = word(node.dataset.hint);
    byId("title").textContent = document.title = data.title[state.lang];
    byId("language").setAttribute("aria-label", word("language-label"));
    byId("language").lang = state.lang === "zh" ? "en" : "zh-CN";
    writeTheme();
    byId("notice").textContent = data.notice[state.lang] ?? "";
    byId("notice").hidden = data.notice[state.lang] === null;
    byId("outline").textContent = data.outline[state.lang] ?? "";
    byId("outline").hidden = data.outline[state.lang] === null;
    const source = data.source[state.lang];
    byId("source").replaceChildren(...(source === null ? [] : [word("source"), word("colon"), apart(source)]));
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
    const titles = { zones: data.isLayer ? "layer-features" : "layer-zones" };
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
    byId("table-title").textContent = word(title);
    byId("sites-key").hidden = sites === null;
    byId("parcels-key").hidden = parcels === null;
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
    const signed = (value, digits) =>
      value === null ? "" : `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
    const cells = (size) => {
      const ppm = size.ppm === null ? null : element("small", { textContent: `${signed(size.ppm, 1)} ppm` });
      return [[number(size.areaKm2, 4)], [size.publishedKm2 ?? ""], [signed(size.differenceKm2, 4), ppm]]
        .map((parts) => element("td", {}, ...parts));
    };
    const heads = ["name", "area-km2", "published-km2", "difference-km2"]
      .map((key) => element("th", { scope: "col", textContent: word(key) }));
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
    const where = element("p", { className: "where", textContent: `${lon}, ${lat}` });
    return element("div", { className: "box" }, head(title), where, list(pairs), ...(site === null ? [] : ownColumns(sites, site)));
  }

  // What stands in the columns of a row.
  function ownColumns(rows, number) {
    const own = (rows.cells[number] ?? []).map(([column, text]) => [apart(table.columns[column]), apart(text)]);
    return own.length ? [element("h3", { textContent: word("own-columns") }), list(own)] : [];
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
    if (state.answer !== null) boxes.push(answerBox(state.answer));
    if (state.parcel !== null) boxes.push(parcelBox(state.parcel));
    if (state.selected !== null) boxes.push(factsBox(state.selected, boxes.length === 0));
    if (boxes.length === 0) boxes.push(element("p", { className: "hint", textContent: word("hint") }));
    byId("card").replaceChildren(...boxes);
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

  // A position that somebody typed, or what is wrong with it; null where it is none.
  function typedPosition(text) {
    const parts = text.trim().split(/\s*[,，;；\s]\s*/);
    if (parts.length !== 2 || !parts.every((part) => /^[-+−]?(\d+\.?\d*|\.\d+)°?$/.test(part))) return null;
    const [lon, lat] = parts.map((part) => Number(part.replace("−", "-").replace("°", "")));
    if (Math.abs(lon) <= 180 && Math.abs(lat) <= 90) return { lonLat: [lon, lat] };
    const isSwapped = Math.abs(lon) <= 90 && Math.abs(lat) <= 180;
    return { problem: isSwapped
      ? word("looks-swapped", { text, swapped: `${lat}, ${lon}` })
      : word("not-a-position", { text }) };
  }

  function found(text) {
    const asked = text.trim().toLowerCase();
    const has = (name) => name !== null && name !== undefined && name.toLowerCase().includes(asked);
    const isFound = (number) => [zones[number].id, zones[number].name, zones[number].nameEn].some(has);
    // By name or, where none is called so, by what stands in the columns.
    const named = (rows) => {
      const those = (isAsked) => (rows === null ? [] : [...rows.name.keys()].filter(isAsked));
      const called = those((n) => has(rows.name[n]) || has(rows.name_en[n]));
      return called.length ? called : those((n) => rows.cells[n]?.some(([, text]) => has(text)));
    };
    return { zones: [...zones.keys()].filter(isFound), parcels: named(parcels), sites: named(sites) };
  }

  function writeFound() {
    const text = byId("query").value;
    const position = typedPosition(text);
    const say = (message) => byId("found").replaceChildren(element("p", { textContent: message }));
    if (text.trim() === "" || position?.lonLat) return byId("found").replaceChildren();
    if (position?.problem) return say(position.problem);
    const results = found(text);
    const part = (numbers, name, choose) => numbers.slice(0, MOST_FOUND).map((number) => {
      const button = element("button", { type: "button" }, apart(name(number)));
      button.addEventListener("click", () => {
        byId("found").replaceChildren();
        choose(number);
      });
      return element("li", {}, button);
    }).concat(numbers.length > MOST_FOUND ? [more(numbers.length - MOST_FOUND)] : []);
    const items = [
      ...part(results.zones, nameOf, (number) => on.select(number)),
      ...part(results.parcels, (number) => `▰ ${parcelNameOf(number)}`, on.chooseParcel),
      ...part(results.sites, (number) => `● ${siteNameOf(number)}`, on.chooseSite),
    ];
    if (items.length === 0) return say(word("not-found", { text }));
    byId("found").replaceChildren(element("ul", {}, ...items));
  }

  byId("query").addEventListener("input", writeFound);
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const position = typedPosition(byId("query").value);
    if (position?.lonLat) return on.goTo(position.lonLat);
    writeFound();
    byId("found").querySelector("button")?.click();
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
    writeAll, writeCard, writeTheme, writeGrouped, nameOf, siteNameOf, parcelNameOf, shortOfParcel, word, lengthText,
  };
}
