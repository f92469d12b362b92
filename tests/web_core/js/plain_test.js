import { isFewEmoji, plainOf } from "/static/groupchat/lib/plain.js";
import { equal } from "./check.js";

export function formatted_text_in_one_line() {
  equal(plainOf('<p dir="auto"><strong>a</strong> &amp; <code>&lt;b&gt;</code></p>'), "a & <b>");
  equal(plainOf('<p dir="auto">a<br>b</p><ul dir="auto"><li>c<ul><li>d</li></ul></li></ul>'), "a\nb\nc\nd");
  equal(plainOf("<table><thead><tr><th>a</th><th>b</th></tr></thead></table>"), "a b");
  equal(plainOf("&amp;lt;"), "&lt;");
}

export function what_is_hidden_stays_hidden() {
  equal(plainOf('<p dir="auto">so <span class="spoiler">the <span class="spoiler">very</span> end</span> it is</p>'), "so ▒▒▒ it is");
  equal(plainOf('<pre><code><span class="k">def</span> f</code></pre><p><span class="spoiler">x</span></p>'), "def f\n▒▒▒");
}

export function emoji_alone() {
  for (const few of ["🎉", "👍🏽", "👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪", "❤️", "1️⃣", "☝🏿", " 🏴󠁧󠁢󠁥󠁮󠁧󠁿 "]) equal(isFewEmoji(few), true, few);
  for (const other of ["", " ", "1", "ok 👍", "👍👍👍👍", "©", "#", "🇩", "☺ok"]) equal(isFewEmoji(other), false, other);
}
