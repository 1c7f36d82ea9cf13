// Makes what the server embeds from what Trunk built. Trunk runs it before it replaces dist/:
//
//   assets/page-<hash>.js        the loader and wasm-bindgen's glue, one module
//   assets/page-<hash>_bg.wasm   the page
//   assets/page-<hash>.css       style/index.css and what it imports
//   kasir.js                     the merchant's script, under a name that never changes
//   manifest.json                path, digest and sizes of each
//
// and beside each asset its .br and .gz. `node scripts/pack.mjs --check` reads a finished dist/ again.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const root = fileURLToPath(new URL("..", import.meta.url));

// What a customer downloads before the page answers, and what a merchant adds to a shop. Brotli bytes.
const PAGE_LIMIT = 100 * 1024;
const EMBED_LIMIT = 4096;

// The browsers that know what style/ is written in: layers, container queries, :has() and oklch().
// Newer syntax, such as nesting, is rewritten for them.
const BROWSERS = ["chrome111", "firefox121", "safari16.4"];

const staging = process.env.TRUNK_STAGING_DIR;
if (process.argv.includes("--check")) {
  await check(join(root, "dist"));
} else if (staging) {
  await pack(staging);
} else {
  fail("Trunk runs this file; to build the page, run `make page`");
}

async function pack(folder) {
  const [script, style, embed] = await Promise.all([bundleScript(folder), bundleStyle(), minifyEmbed()]);
  const wasm = await shakeModule(join(folder, "kasir-frontend_bg.wasm"), script.toString());
  await empty(folder);

  const manifest = {
    script: await emit(folder, hashed("page-", script, ".js"), script),
    wasm: await emit(folder, hashed("page-", wasm, "_bg.wasm"), wasm),
    style: await emit(folder, hashed("page-", style, ".css"), style),
  };
  if (embed) manifest.embed = await emit(folder, "/kasir.js", embed);
  await writeFile(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);

  report(manifest);
}

// The module without what the script never calls. wasm-bindgen exports every class that a dependency
// declares, here those of streams, whether or not anything makes one.
async function shakeModule(file, script) {
  const exports = WebAssembly.Module.exports(new WebAssembly.Module(await readFile(file)));
  const kept = exports.map(({ name }) => name).filter((name) => script.includes(name));
  const nodes = kept.map((name) => ({ name: `export ${name}`, export: name }));
  const root = { name: "script", root: true, reaches: nodes.map(({ name }) => name) };
  const folder = await mkdtemp(join(tmpdir(), "kasir-pack-"));
  const [graph, shaken, packed] = ["graph.json", "shaken.wasm", "packed.wasm"].map((name) => join(folder, name));
  const features = (await wasmOptions()).filter((option) => option.startsWith("--enable-"));
  try {
    await writeFile(graph, JSON.stringify([root, ...nodes]));
    run("wasm-metadce", [file, "--graph-file", graph, "-o", shaken, ...features]);
    run("wasm-opt", [shaken, "-o", packed, ...(await wasmOptions())]);
    return await readFile(packed);
  } finally {
    await rm(folder, { recursive: true });
  }
}

// What Trunk calls wasm-opt with, so that it is written down once.
async function wasmOptions() {
  const entry = await readFile(join(root, "frontend/index.html"), "utf8");
  const found = entry.match(/data-wasm-opt-params="([^"]+)"/) ?? fail("frontend/index.html names no options for wasm-opt");
  return found[1].split(" ");
}

function run(tool, options) {
  execFileSync(join(root, "node_modules/.bin", tool), options, { stdio: ["ignore", "ignore", "inherit"] });
}

// Classes that nothing makes stay in a bundle only because the glue prepares them for being dropped.
async function glue(folder) {
  const written = await readFile(join(folder, "kasir-frontend.js"), "utf8");
  const pure = written
    .replace(/^if \(Symbol\.dispose\) .*$/gm, "")
    .replaceAll("new FinalizationRegistry(", "/* @__PURE__ */ new FinalizationRegistry(");
  const file = join(folder, "glue.js");
  await writeFile(file, pure);
  return file;
}

async function bundleScript(folder) {
  return bundle({
    entryPoints: [join(root, "frontend/loader.js")],
    alias: { "kasir-frontend": await glue(folder) },
  });
}

async function bundleStyle() {
  return bundle({ entryPoints: [join(root, "style/index.css")] });
}

async function minifyEmbed() {
  const source = join(root, "frontend/kasir.js");
  if (!existsSync(source)) {
    console.log("    note: frontend/kasir.js is not there; the page is packed without the merchant's script");
    return null;
  }
  return bundle({ entryPoints: [source] });
}

async function bundle(options) {
  const { build } = await import("esbuild");
  const result = await build({
    bundle: true,
    minify: true,
    format: "esm",
    target: BROWSERS,
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
    write: false,
    ...options,
  });
  return Buffer.from(result.outputFiles[0].contents);
}

function hashed(prefix, bytes, suffix) {
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  return `/assets/${prefix}${digest}${suffix}`;
}

async function empty(folder) {
  for (const entry of await readdir(folder)) {
    await rm(join(folder, entry), { recursive: true });
  }
}

async function emit(folder, path, bytes) {
  const file = join(folder, path);
  const br = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  const gz = gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION });
  await mkdir(dirname(file), { recursive: true });
  await Promise.all([writeFile(file, bytes), writeFile(`${file}.br`, br), writeFile(`${file}.gz`, gz)]);
  return { path, integrity: integrity(bytes), raw: bytes.length, gz: gz.length, br: br.length };
}

function integrity(bytes) {
  return `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
}

// Reads dist/ as the server will: every file that the manifest names, by its digest and its sizes.
async function check(folder) {
  const file = join(folder, "manifest.json");
  if (!existsSync(file)) fail("dist/manifest.json is missing; run `make page`");
  const manifest = JSON.parse(await readFile(file, "utf8"));
  for (const part of ["script", "wasm", "style", "embed"]) {
    const asset = manifest[part] ?? fail(`dist/manifest.json names no ${part}`);
    const [raw, br, gz] = await Promise.all(
      ["", ".br", ".gz"].map((suffix) => readFile(join(folder, `${asset.path}${suffix}`))),
    );
    if (integrity(raw) !== asset.integrity) fail(`dist${asset.path} is not what the manifest says`);
    manifest[part] = { ...asset, raw: raw.length, br: br.length, gz: gz.length };
  }
  report(manifest);
}

function report(manifest) {
  const line = (name, raw, gz, br) =>
    console.log(`    ${name.padEnd(34)}${[raw, gz, br].map((n) => String(n).padStart(10)).join("")}`);
  line("bytes", "raw", "gzip", "brotli");
  for (const { path, raw, gz, br } of Object.values(manifest)) line(path.slice(1), raw, gz, br);

  const { script, wasm, embed } = manifest;
  limit("the page (script and WebAssembly)", script.br + wasm.br, PAGE_LIMIT);
  if (embed) limit("the merchant's script", embed.br, EMBED_LIMIT);
}

function limit(what, bytes, most) {
  console.log(`    ${what}: ${bytes} of at most ${most} bytes Brotli`);
  if (bytes > most) fail(`${what} is ${bytes - most} bytes over its limit of ${most} bytes Brotli`);
}

function fail(message) {
  console.error(`error: ${message}`);
  process.exit(1);
}
