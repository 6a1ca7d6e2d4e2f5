// The view and the place that was asked about, in the address of the page: #lon,lat,zoom or #lon,lat,zoom/lon,lat.

const NUMBER_IN_LINK = "(-?\\d+(?:\\.\\d+)?)";
const LINK = new RegExp(`^#${NUMBER_IN_LINK},${NUMBER_IN_LINK},${NUMBER_IN_LINK}(?:/${NUMBER_IN_LINK},${NUMBER_IN_LINK})?$`);

function readLink(hash) {
  const found = LINK.exec(hash);
  if (found === null) return null;
  const [lon, lat, zoom, askedLon, askedLat] = found.slice(1).map((text) => (text === undefined ? null : Number(text)));
  return { lonLat: [lon, lat], zoom, asked: askedLon === null ? null : [askedLon, askedLat] };
}

function linkTo(lonLat, zoom, asked) {
  const pair = ([lon, lat], decimals) => `${Number(lon.toFixed(decimals))},${Number(lat.toFixed(decimals))}`;
  return `#${pair(lonLat, 5)},${Number(zoom.toFixed(2))}${asked === null ? "" : `/${pair(asked, 7)}`}`;
}

// Writes the link into the address once the map has come to rest.
function Links(linkOf) {
  const REST_MS = 400;
  let timer = 0, written = null;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const link = linkOf();
      if (link === written) return;
      written = link;
      // A page in a frame without an address of its own may not.
      try {
        history.replaceState(null, "", link);
      } catch {
        // Then there is no link.
      }
    }, REST_MS);
  };
}
