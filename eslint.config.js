import js from "@eslint/js";
import globals from "globals";

const CLIENT = "src/groupchat/web/static/groupchat";

export default [
  { ignores: [".venv*/", "**/vendor/", "build/", "node_modules/"] },
  js.configs.recommended,
  {
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-var": "error",
      "prefer-const": "error",
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", destructuredArrayIgnorePattern: "^_", caughtErrors: "none" }],
      "no-implicit-globals": "error",
    },
  },
  { files: [`${CLIENT}/**/*.js`, "tests/web_core/js/**/*.js"], languageOptions: { globals: globals.browser } },
  {
    files: [`${CLIENT}/**/*.js`],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "CallExpression[callee.name=/^n?p?gettext$/]:not(:function *)",
          message: "While a module loads, the texts of the language are not there yet: put it into a function.",
        },
      ],
    },
  },
  { files: [`${CLIENT}/sw.js`], languageOptions: { globals: globals.serviceworker } },
  { files: ["tools/**/*.mjs", "benchmarks/**/*.mjs"], languageOptions: { globals: globals.node } },
  { files: ["benchmarks/**/*.js"], languageOptions: { sourceType: "commonjs", globals: globals.node } },
];
