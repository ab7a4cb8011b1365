// Analyses rows of processed/ by DuckDB: analysis.mjs FOLDER THREADS FILE, where FOLDER holds node_modules. It prints
// figures by symbol, and of the market.
//
// What SQL says in windows and aggregates is here. What follows from the value before (RSI, MACD, average true range)
// is left out.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder, threads, file] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(join(folder, '/'))('@duckdb/node-api');
const db = await (await DuckDBInstance.create(':memory:', { threads })).connect();
const rows = async (query) => (await db.runAndReadAll(query)).getRowObjectsJson();

await db.run(`
  CREATE TEMP TABLE insights AS
  WITH bars AS (
    SELECT *,
      row_number() OVER newest AS age,
      lead(close) OVER newest AS before,
      max(close) OVER (PARTITION BY symbol ORDER BY datetime) AS highest
    FROM read_json('${file.replaceAll("'", "''")}', format = 'newline_delimited', columns = {
      symbol: 'VARCHAR', datetime: 'VARCHAR', high: 'DOUBLE', low: 'DOUBLE', close: 'DOUBLE', volume: 'DOUBLE'})
    WINDOW newest AS (PARTITION BY symbol ORDER BY datetime DESC)
  ), figures AS (
    SELECT symbol,
      count(*)::INTEGER AS bars,
      max(datetime) AS session,
      max(close) FILTER (age = 1) AS close,
      max(volume) FILTER (age = 1) AS volume,
      ${[1, 5, 10, 20].map((k) => `max(close) FILTER (age = ${k + 1}) AS close_${k}`).join(', ')},
      arg_max(close, age) AS close_all,
      min(low) AS low, max(high) AS high,
      avg(close) FILTER (age <= 20) AS mean_20, avg(close) FILTER (age <= 50) AS mean_50,
      stddev_pop(close) FILTER (age <= 20) AS deviation,
      stddev_samp(100 * (close / before - 1)) FILTER (age <= 20) AS volatility,
      sum(ln(high / low) ** 2) FILTER (age <= 20) AS spread,
      regr_slope(ln(close), -age) FILTER (age <= 20) AS slope,
      regr_r2(ln(close), -age) FILTER (age <= 20) AS r2,
      avg(volume) FILTER (age BETWEEN 2 AND 21) AS mean_volume,
      min(close / highest - 1) AS deepest,
      max(highest) AS highest
    FROM bars GROUP BY symbol
  )
  SELECT symbol, bars, session, close, volume,
    100 * (close / close_1 - 1) AS change_1, 100 * (close / close_5 - 1) AS change_5,
    100 * (close / close_20 - 1) AS change_20, 100 * (close / close_all - 1) AS change_all,
    100 * (close / close_10 - 1) AS momentum,
    100 * (close - low) / (high - low) AS range,
    {slope: 100 * (exp(slope) - 1), r2: r2} AS trend,
    CASE WHEN bars >= 20 THEN mean_20 END AS sma_20, CASE WHEN bars >= 50 THEN mean_50 END AS sma_50,
    CASE WHEN bars >= 50 THEN 100 * (mean_20 / mean_50 - 1) END AS sma_gap,
    CASE WHEN bars > 20 THEN volatility END AS volatility,
    CASE WHEN bars > 20 THEN volatility * sqrt(252) END AS volatility_annual,
    CASE WHEN bars >= 20 THEN 100 * sqrt(spread / (80 * ln(2)) * 252) END AS parkinson,
    {current: 100 * (close / highest - 1), maximum: 100 * deepest} AS drawdown,
    CASE WHEN bars > 5 THEN volume / mean_volume END AS relative_volume,
    CASE WHEN bars >= 20 THEN (close - mean_20 + 2 * deviation) / (4 * deviation) END AS bollinger
  FROM figures`);

const insights = await rows('FROM insights ORDER BY symbol');
const [aggregates] = await rows(`
  SELECT count(*) FILTER (round(change_1, 6) > 0)::INTEGER AS advancers,
    count(*) FILTER (round(change_1, 6) < 0)::INTEGER AS decliners,
    count(*) FILTER (round(change_1, 6) = 0)::INTEGER AS unchanged,
    avg(change_1) AS average_change, median(change_1) AS median_change, stddev_pop(change_1) AS dispersion,
    100 * count(*) FILTER (close > sma_50) / count(*) AS above_sma_50,
    (advancers / decliners)
      / (sum(volume) FILTER (round(change_1, 6) > 0) / sum(volume) FILTER (round(change_1, 6) < 0)) AS trin
  FROM insights`);
const symbols = async (order) =>
  (await rows(`SELECT symbol FROM insights ORDER BY change_1 ${order}, symbol LIMIT 5`)).map((row) => row.symbol);
Object.assign(aggregates, { top_gainers: await symbols('DESC'), top_losers: await symbols('ASC') });
console.log(JSON.stringify({ insights, aggregates }));
