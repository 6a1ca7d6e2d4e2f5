// Compiled by tsc --strict: the types fit the uses.

import { CorridorError, load, type LocateSummary, type Plan, type TableResult } from "../index.mjs";

const corridor = await load({ lang: "zh" });
const csv = { name: "sites.csv", bytes: "lon,lat\n121.36898,28.65590\n" };
const located: TableResult<LocateSummary> = corridor.locate(csv, { columns: ["zone", "certainty"], toCrs: "GCJ02" });
const inside: number = located.summary.inside;
const plan: Plan = corridor.loadPlan([{ name: "a.shp", bytes: new Uint8Array() }, { name: "a.dbf", bytes: new ArrayBuffer(0) }]);
const ids: string[] = plan.features.map((feature) => feature.id);
const { features } = corridor.locatePoints(new Float64Array([121.4, 28.65]), { plan });
const { distances } = corridor.locatePoints(new Float64Array([121.4, 28.65]), { distances: true });
const blob = new Blob([located.bytes]);
try {
  corridor.report(csv, { format: "xlsx", statedUnit: "mu" });
} catch (error) {
  if (error instanceof CorridorError) console.log(error.code, error.place.row ?? 0, error.advice ?? "");
}
// @ts-expect-error: there is no such option.
corridor.locate(csv, { colums: ["zone"] });
// @ts-expect-error: points are pairs of doubles.
corridor.locatePoints([121.4, 28.65]);
// @ts-expect-error: distances are there on request.
corridor.locatePoints(new Float64Array(2)).distances;
export const seen = [inside, ids, features, distances, blob];
