import { ASKS_AFTER_MILLISECONDS, Search } from "/static/groupchat/store/search.js";
import { equal, settle } from "./check.js";
import { FakeClock } from "./fakes.js";

/** A search whose answers the test gives. */
function searching() {
  const clock = new FakeClock();
  const asked = [];
  const ask = (query, after) => new Promise((resolve, reject) => asked.push({ query, after, resolve, reject }));
  const search = new Search({ ask, clock });
  const answer = async (index, found, next = null) => {
    asked[index].resolve({ found, next });
    await settle();
  };
  return { clock, asked, search, answer, queries: () => asked.map(({ query }) => query) };
}

export async function the_server_is_asked_when_somebody_pauses() {
  const { clock, search, queries } = searching();
  search.wants("g");
  await clock.pass(ASKS_AFTER_MILLISECONDS - 1);
  search.wants("ge");
  await clock.pass(ASKS_AFTER_MILLISECONDS - 1);
  equal(queries(), []);
  await clock.pass(1);
  search.wants("ge");
  await clock.pass(ASKS_AFTER_MILLISECONDS);
  equal(queries(), ["ge"], "and not twice for the same");
}

export async function an_answer_that_comes_too_late_counts_no_more() {
  const { search, answer } = searching();
  search.now("g");
  search.now("ge");
  await answer(1, ["general"]);
  await answer(0, ["garden", "general"]);
  equal([search.found.value, search.answered, search.loading.value], [["general"], "ge", false]);
}

export async function pages_follow_each_other_one_at_a_time() {
  const { search, answer, asked } = searching();
  search.now("");
  await search.more();
  equal(asked.length, 1, "there is no page yet for another to follow");
  await answer(0, [1, 2], "2");
  search.more();
  search.more();
  equal(asked.slice(1).map(({ after }) => after), ["2"]);
  await answer(1, [3]);
  equal([search.found.value, search.next.value], [[1, 2, 3], null]);
  await search.more();
  equal(asked.length, 2);
}

export async function a_refusal_is_told_and_goes_with_the_next_attempt() {
  const { clock, search, asked, answer } = searching();
  search.now("g");
  asked[0].reject({ code: "rate_limited" });
  await settle();
  equal([search.failure.value.code, search.found.value, search.loading.value], ["rate_limited", null, false]);
  search.wants("g");
  await clock.pass(ASKS_AFTER_MILLISECONDS);
  equal([search.failure.value, search.loading.value], [null, true], "the same is asked again");
  await answer(1, ["general"]);
  equal(search.found.value, ["general"]);
}

export async function what_is_forgotten_asks_nothing_and_shows_nothing() {
  const { clock, search, asked, answer } = searching();
  search.now("g");
  await answer(0, ["general"], "1");
  search.wants("ge");
  search.forget();
  await clock.pass(ASKS_AFTER_MILLISECONDS);
  equal([asked.length, search.found.value, search.next.value], [1, null, null]);
}
