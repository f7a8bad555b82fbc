// Reads a JSON list of LaTeX formulas from standard input and writes a JSON list: null where KaTeX accepts the
// formula in strict mode, its message where it does not.
import katex from "katex";
import { readFileSync } from "node:fs";

const options = { displayMode: true, strict: "error", throwOnError: true, output: "html" };

function judge(formula) {
  try {
    katex.renderToString(formula, options);
    return null;
  } catch (error) {
    return String(error.message);
  }
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(judge)));
