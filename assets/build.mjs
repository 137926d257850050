// Takes from the installed packages what the pages of a release need, and says whose it is.
//
//     npm ci --ignore-scripts && node build.mjs OUT
//
// The same lock file gives the same bytes.  Nothing is bundled or rewritten: what is copied is
// what its authors published, so its hash can be compared with theirs.

import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { drawOutlines } from "./outlines.mjs";

const home = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) {
  console.error("Name the folder to write: node build.mjs OUT");
  process.exit(2);
}

const modules = (name) => join(home, "node_modules", name);
const manifest = (name) => JSON.parse(readFileSync(join(modules(name), "package.json"), "utf8"));

// Latin carries French, English and Spanish, and Dutch but for a few names; the extension is only
// fetched by a page that has a letter of it (fonts.css says which).
const SCRIPTS = {
  latin:
    "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+0304, U+0308, " +
    "U+0329, U+2000-206F, U+20AC, U+2122, U+2191, U+2193, U+2212, U+2215, U+FEFF, U+FFFD",
  "latin-ext":
    "U+0100-02BA, U+02BD-02C5, U+02C7-02CC, U+02CE-02D7, U+02DD-02FF, U+0304, U+0308, U+0329, " +
    "U+1D00-1DBF, U+1E00-1E9F, U+1EF2-1EFF, U+2020, U+20A0-20AB, U+20AD-20C0, U+2113, " +
    "U+2C60-2C7F, U+A720-A7FF",
};
const STYLES = ["normal", "italic"];
const FAMILIES = {
  "source-sans-3": "Source Sans 3 Variable",
  "source-serif-4": "Source Serif 4 Variable",
};

function fontFiles(family) {
  return Object.keys(SCRIPTS).flatMap((script) =>
    STYLES.map((style) => `${family}-${script}-wght-${style}.woff2`),
  );
}

// What is copied: from which package, to which folder, which of its files.
const PARTS = [
  ...Object.keys(FAMILIES).map((family) => ({
    name: `@fontsource-variable/${family}`,
    folder: "fonts",
    files: fontFiles(family).map((file) => `files/${file}`),
  })),
  {
    name: "@zazuko/yasgui",
    folder: "yasgui",
    files: ["build/yasgui.min.js", "build/yasgui.min.css"],
    bundles: true,
  },
  { name: "oxigraph", folder: "oxigraph", files: ["web.js", "web_bg.wasm"] },
];

// The tarballs of these carry no licence; the line is the one of their repository.
const COPYRIGHT = {
  oxigraph: "Copyright (c) 2018 Oxigraph developers",
};

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES
OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;

const person = (who) => (typeof who === "string" ? who : who && who.name);

function copyright(told) {
  const people = [told.author, ...(told.contributors ?? [])].map(person).filter(Boolean);
  return COPYRIGHT[told.name] ?? `Copyright (c) ${people.join(", ") || `the authors of ${told.name}`}`;
}

/** Return the text of a package's licence: its own file, or the standard one with its name in it. */
function licenceText(name) {
  const file = readdirSync(modules(name)).find((entry) => /^licen[cs]e(\.|-|$)/i.test(entry));
  if (file) return readFileSync(join(modules(name), file), "utf8").replaceAll("\r\n", "\n");
  const told = manifest(name);
  if (told.license === "MIT") return `MIT License\n\n${copyright(told)}\n\n${MIT}`;
  if (told.license === "CC0-1.0")
    return "Dedicated to the public domain: https://creativecommons.org/publicdomain/zero/1.0/\n";
  if (told.license === "MIT OR Apache-2.0") {
    const apache = readFileSync(join(home, "..", "LICENSES", "Apache-2.0.txt"), "utf8");
    return `Either of the two, at your choice.\n\nMIT License\n\n${copyright(told)}\n\n${MIT}\n\n${apache}`;
  }
  throw new Error(`${name} has no licence text, and ${told.license} is not one that is known here.`);
}

/** Return a package and all that it depends on, by name. */
function withDependencies(name, found = new Set()) {
  if (found.has(name) || !existsSync(modules(name))) return found;
  found.add(name);
  for (const needed of Object.keys(manifest(name).dependencies ?? {})) withDependencies(needed, found);
  return found;
}

/** Return the licences of all that a bundle may hold a piece of. */
function notices(name) {
  return [...withDependencies(name)]
    .sort()
    .map((part) => {
      const told = manifest(part);
      return `${"=".repeat(72)}\n${part} ${told.version} (${told.license})\n\n${licenceText(part)}`;
    })
    .join("\n");
}

function write(name, data) {
  mkdirSync(dirname(join(out, name)), { recursive: true });
  writeFileSync(join(out, name), data);
  return described(name);
}

function described(name) {
  const data = readFileSync(join(out, name));
  return { name, bytes: data.length, sha256: createHash("sha256").update(data).digest("hex") };
}

function copy({ name, folder, files, bundles }) {
  const written = files.map((file) => {
    const target = `${folder}/${file.split("/").at(-1)}`;
    mkdirSync(join(out, folder), { recursive: true });
    copyFileSync(join(modules(name), file), join(out, target));
    return described(target);
  });
  const licence = `${folder}/LICENSE-${name.split("/").at(-1)}.txt`;
  written.push(write(licence, bundles ? notices(name) : licenceText(name)));
  return told(name, written, licence);
}

function told(name, files, licenceFile) {
  const { version, license } = manifest(name);
  return { name, version, licence: license, licenceFile, files };
}

function fontFaces() {
  const faces = Object.entries(FAMILIES).flatMap(([file, family]) =>
    Object.entries(SCRIPTS).flatMap(([script, range]) =>
      STYLES.map(
        (style) => `@font-face {
  font-family: "${family}";
  font-style: ${style};
  font-weight: 200 900;
  font-display: swap;
  src: url("${file}-${script}-wght-${style}.woff2") format("woff2");
  unicode-range: ${range};
}
`,
      ),
    ),
  );
  return faces.join("");
}

function outlines() {
  const atlas = JSON.parse(readFileSync(join(modules("world-atlas"), "countries-50m.json"), "utf8"));
  const licence = "outlines-LICENSE.txt";
  const text =
    "The outlines are made from Natural Earth (https://www.naturalearthdata.com/), which is in the " +
    "public domain,\nas the package world-atlas distributes it:\n\n" +
    licenceText("world-atlas");
  const rings = drawOutlines(atlas);
  const files = [write("outlines.json", `${JSON.stringify({ rings })}\n`), write(licence, text)];
  return told("world-atlas", files, licence);
}

mkdirSync(out, { recursive: true });
const parts = PARTS.map(copy);
parts[0].files.push(write("fonts/fonts.css", fontFaces()));
parts.push(outlines());
parts.sort((one, other) => (one.name < other.name ? -1 : 1));
writeFileSync(join(out, "parts.json"), `${JSON.stringify({ parts }, null, 1)}\n`);
