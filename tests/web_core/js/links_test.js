import { partsOf } from "/static/groupchat/lib/links.js";
import { equal, ok } from "./check.js";

/** `[text, href]` of each link in it. */
function links(text) {
  const parts = partsOf(text);
  equal(parts.map((part) => part.text).join(""), text, "the pieces are the text again");
  return parts.filter(({ href }) => href !== undefined).map(({ text: shown, href }) => [shown, href]);
}

function each(cases) {
  for (const [text, ...wanted] of cases) equal(links(text), wanted, text);
}

export function an_address_with_its_scheme() {
  each([
    ["see https://example.org/a?b=c#d.", ["https://example.org/a?b=c#d", "https://example.org/a?b=c#d"]],
    ["(http://example.org)", ["http://example.org", "http://example.org/"]],
    ["https://de.wikipedia.org/wiki/Tee_(Pflanze)!", ["https://de.wikipedia.org/wiki/Tee_(Pflanze)", "https://de.wikipedia.org/wiki/Tee_(Pflanze)"]],
    ["https://ada@example.org/", ["https://ada@example.org/", "https://ada@example.org/"]],
    ["https://www.example.org and www.example.org", ["https://www.example.org", "https://www.example.org/"], ["www.example.org", "https://www.example.org/"]],
    ["https://"],
    ["https://[no"],
  ]);
}

export function a_site_without_a_scheme() {
  each([
    ["www.example.org", ["www.example.org", "https://www.example.org/"]],
    ["look at WWW.Example.org, please", ["WWW.Example.org", "https://www.example.org/"]],
    ["(www.example.org/tea?x=1).", ["www.example.org/tea?x=1", "https://www.example.org/tea?x=1"]],
    ["[www.example.org]", ["www.example.org", "https://www.example.org/"]],
    ["„www.müller.de/straße“", ["www.müller.de/straße", "https://www.xn--mller-kva.de/stra%C3%9Fe"]],
    ["www.例え.jp/茶", ["www.例え.jp/茶", "https://www.xn--r8jz45g.jp/%E8%8C%B6"]],
    ["www.example.org:8080/x", ["www.example.org:8080/x", "https://www.example.org:8080/x"]],
    ["www.example.org...", ["www.example.org", "https://www.example.org/"]],
    ["www"],
    ["www."],
    ["www.example"],
    ["www..org"],
    ["www.1.2"],
    ["www.-a-.org"],
    ["xwww.example.org"],
    ["a/www.example.org"],
    ["www.example.org@evil.example", ["www.example.org@evil.example", "mailto:www.example.org@evil.example"]],
    ["www.example.org:secret@evil.example"],
  ]);
}

export function an_address_of_mail() {
  each([
    ["ada@example.org", ["ada@example.org", "mailto:ada@example.org"]],
    ["Write to Ada.Lovelace+tea@mail.example.co.uk.", ["Ada.Lovelace+tea@mail.example.co.uk", "mailto:Ada.Lovelace%2Btea@mail.example.co.uk"]],
    ["<ada@example.org>, (bob@example.org)", ["ada@example.org", "mailto:ada@example.org"], ["bob@example.org", "mailto:bob@example.org"]],
    ["ada@example.org: hello", ["ada@example.org", "mailto:ada@example.org"]],
    ["...ada@example.org!", ["ada@example.org", "mailto:ada@example.org"]],
    ["mailto:ada@example.org", ["ada@example.org", "mailto:ada@example.org"]],
    ["jörg@müller.de", ["jörg@müller.de", "mailto:j%C3%B6rg@xn--mller-kva.de"]],
    ["अदा@उदाहरण.भारत", ["अदा@उदाहरण.भारत", "mailto:%E0%A4%85%E0%A4%A6%E0%A4%BE@xn--p1b6ci4b4b3a.xn--h2brj9c"]],
    ["@ada"],
    ["ada@"],
    ["ada@home"],
    ["ada@@example.org"],
    ["ada@example..org"],
    ["ada.@example.org"],
    ["a..b@example.org"],
    ["ada@10.0.0.1"],
    ["git@example.org:tea/house.git"],
    ["ada@example.org/tea"],
    ["ada@example.org@example.org"],
    [`${"a".repeat(65)}@example.org`],
  ]);
}

export function nothing_else_becomes_a_link() {
  each([["javascript:alert(1)"], ["javascript://www"], ["data:text/html,x"], ["file:///etc/hosts"], ["vbscript:x"], ["example.org"], ["C:\\www"], [""], [" "]]);
  const hrefs = links("javascript:alert(1)//www.example.org javascript:ada@example.org data:www.example.org").map(([, href]) => href);
  ok(hrefs.every((href) => /^(https?:\/\/|mailto:)/u.test(href)), hrefs.join(" "));
}

export function a_long_text_is_read_at_once() {
  for (const text of ["a".repeat(8_000), "a.".repeat(4_000), "a@".repeat(4_000), "www.".repeat(2_000), "@".repeat(8_000), "http://".repeat(1_100), "ａ@ａ.".repeat(1_600)]) {
    const began = performance.now();
    links(text);
    ok(performance.now() - began < 1_000, text.slice(0, 20));
  }
}
