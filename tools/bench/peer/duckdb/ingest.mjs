// Checks a batch of bars by DuckDB: ingest.mjs FOLDER FORM THREADS FILE PROCESSED REJECTS, where FOLDER holds
// node_modules and FORM is how the file lies: map, or lines.
//
// Values are read as text, which is what DuckDB is fastest at; null counts as missing, and `true` as text that is no
// number. Such rows are refused as well.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder, form, threads, file, processed, rejects] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(join(folder, '/'))('@duckdb/node-api');
const db = await (await DuckDBInstance.create(':memory:', { threads })).connect();

const quoted = (text) => `'${text.replaceAll("'", "''")}'`;
const names = ['datetime', 'open', 'high', 'low', 'close', 'volume'];
const texts = (columns) => columns.map((name) => `"${name}" VARCHAR`).join(', ');

const sources = {
  lines: `read_json(${quoted(file)}, format = 'newline_delimited', columns = {
    symbol: 'VARCHAR', interval: 'VARCHAR', currency: 'VARCHAR', exchange: 'VARCHAR',
    ${names.map((name) => `${name}: 'VARCHAR'`).join(', ')}})`,
  map: `(SELECT meta.symbol, meta."interval", meta.currency, meta.exchange, bar.*
    FROM (SELECT series.meta AS meta, unnest(series."values") AS bar
      FROM (SELECT unnest(map_values(json)) AS series
        FROM read_json(${quoted(file)}, format = 'unstructured', records = false, maximum_object_size = 4000000000,
          columns = {json: 'MAP(VARCHAR, STRUCT(
            meta STRUCT(${texts(['symbol', 'interval', 'currency', 'exchange'])}),
            "values" STRUCT(${texts(names)})[]))'}))))`,
};

// A map is parsed once and kept; lines are so cheap to parse that they are read again for the rejects.
let source = sources[form];
if (form === 'map') {
  await db.run(`CREATE TEMP TABLE bars AS FROM ${source}`);
  source = 'bars';
}
await db.run(`
  CREATE TEMP MACRO is_decimal(t) AS regexp_full_match(t, '-?(0|[1-9][0-9]*)([.][0-9]+)?');
  CREATE TEMP MACRO is_other(t) AS regexp_full_match(t, 'true|false|[{\\[].*');
  CREATE TEMP MACRO is_datetime(t) AS strlen(t) IN (10, 19)
    AND try_strptime(t, ['%Y-%m-%d', '%Y-%m-%d %H:%M:%S']) IS NOT NULL;
  CREATE TEMP VIEW numbered AS SELECT *, try_cast(open AS DOUBLE) AS o, try_cast(high AS DOUBLE) AS h,
    try_cast(low AS DOUBLE) AS l, try_cast(close AS DOUBLE) AS c, try_cast(volume AS DOUBLE) AS v FROM ${source};
  CREATE TEMP VIEW checked AS SELECT *, coalesce(
    is_decimal(open) AND is_decimal(high) AND is_decimal(low) AND is_decimal(close)
    AND (volume IS NULL OR is_decimal(volume) AND v >= 0)
    AND is_datetime(datetime) AND datetime <= current_date::VARCHAR
    AND l > 0 AND l <= o AND l <= c AND o <= h AND c <= h, false) AS valid FROM numbered`);

const count = async (copy) => Number((await (await db.run(copy)).getRows())[0][0]);

const valid = await count(`COPY (
  SELECT symbol, interval, datetime, o AS open, h AS high, l AS low, c AS close, v AS volume, currency, exchange
  FROM checked WHERE valid) TO ${quoted(processed)} (FORMAT json)`);

const numbers = ['open', 'high', 'low', 'close', 'volume'];
const required = names.slice(0, 5);
const any = (columns, condition) => columns.map((name) => `coalesce(${condition(name)}, false)`).join(' OR ');
const rules = {
  FIELD_MISSING: any(required, (name) => `${name} IS NULL`),
  FIELD_TYPE: any(names, (name) => `is_other(${name})`),
  NOT_A_NUMBER: any(numbers, (name) => `NOT is_decimal(${name}) AND NOT is_other(${name})`),
  PRICE_NOT_POSITIVE: any(['o', 'h', 'l', 'c'], (name) => `${name} <= 0`),
  VOLUME_NEGATIVE: 'v < 0',
  HIGH_BELOW_LOW: 'h < l',
  HIGH_BELOW_BODY: 'h < o OR h < c',
  LOW_ABOVE_BODY: 'l > o OR l > c',
  DATETIME_FORMAT: 'datetime IS NOT NULL AND NOT is_datetime(datetime) AND NOT is_other(datetime)',
  FUTURE_BAR: 'is_datetime(datetime) AND datetime > current_date::VARCHAR',
};
const reasons = Object.entries(rules).map(([code, rule]) => `CASE WHEN ${rule} THEN '${code}' END`).join(', ');
const invalid = await count(`COPY (
  SELECT symbol, {${names.map((name) => `${name}: ${name}`).join(', ')}} AS raw,
    list_filter([${reasons}], lambda code: code IS NOT NULL) AS reasons
  FROM checked WHERE NOT valid) TO ${quoted(rejects)} (FORMAT json)`);

console.log(JSON.stringify({ raw: valid + invalid, valid, invalid }));
