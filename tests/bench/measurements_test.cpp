#include <offhook/bench/report.hpp>
#include <offhook/bench/run_measurements.hpp>

#include <doctest/doctest.h>

#include <stdexcept>

namespace {

using namespace offhook::bench;

bool chooses(const char* word, const char* name, std::vector<std::string> rows = {}) { return is_chosen({name, 1, {}, std::move(rows)}, {word}); }

Measurement yields(const std::string& name, double figure) {
  return {name, 1, [=] { return std::vector<Result>{{name, "ns", figure, {}}}; }};
}

Measurement fails(const std::string& name) {
  return {name, 1, []() -> std::vector<Result> { throw std::runtime_error("the agent does not start"); }};
}

TEST_CASE("A word of the command line chooses a measurement if the word is one or more whole parts of the measurement's name") {
  CHECK(chooses("g711", "g711.encode.ulaw"));
  CHECK(chooses("encode", "g711.encode.ulaw"));
  CHECK(chooses("g711.encode", "g711.encode.ulaw"));
  CHECK(chooses("g711.", "g711.encode.ulaw"));
  CHECK(!chooses("g711", "capacity.g711_ai.io_uring"));
  CHECK(!chooses("711", "g711.encode.ulaw"));
  CHECK(!chooses("g711.enc", "g711.encode.ulaw"));
  CHECK(!chooses(".", "g711.encode.ulaw"));
  CHECK(!chooses("", "g711.encode.ulaw"));
  CHECK(chooses("a.b", "a.a.b"));
}

TEST_CASE("A word of the command line also chooses a measurement by the full name of one of its rows") {
  CHECK(chooses("greeting_ms", "turns", {"turn.added_ms", "greeting_ms"}));
  CHECK(!chooses("greeting", "turns", {"greeting_ms"}));
}

TEST_CASE("Without words, is_chosen chooses every measurement. With several words, it chooses each measurement that at least one word matches") {
  CHECK(is_chosen({"sip.parse.index", 1, {}}, {}));
  CHECK(is_chosen({"sip.parse.index", 1, {}}, {"g711", "sip"}));
  CHECK(!is_chosen({"sip.parse.index", 1, {}}, {"g711", "rtp"}));
}

TEST_CASE("run_measurements reports a failed measurement as a row with the reason, and runs the other measurements") {
  const auto results = run_measurements({yields("a", 1), fails("b"), yields("c", 3)}, [](const std::string&) {}, [](const std::vector<Result>&) {});
  REQUIRE(results.size() == 3);
  CHECK(results[0].failure.empty());
  CHECK(results[1].name == "b");
  CHECK(results[1].failure == "the agent does not start");
  CHECK(results[2].ours == 3);
}

TEST_CASE("run_measurements reports the progress before each measurement, and passes on all results so far after each measurement") {
  std::vector<std::size_t> kept;
  std::vector<std::string> said;
  (void)run_measurements({yields("a", 1), yields("b", 2)}, [&](const std::string& line) { said.push_back(line); },
                         [&](const std::vector<Result>& results) { kept.push_back(results.size()); });
  CHECK(kept == std::vector<std::size_t>{1, 2});
  CHECK(said == std::vector<std::string>{"[1/2] a, about 2 s left", "[2/2] b, about 1 s left"});
}

TEST_CASE("to_list names each measurement and the sum of their times") {
  CHECK(to_list({yields("a", 1), {"sip.b", 300, {}}}) == "a      about 1 s\nsip.b  about 5 min\n2 measurements, about 5 min\n");
}

TEST_CASE("results.json and the table contain a failed measurement with its reason") {
  const std::vector<Result> results = {{"a", "ns", 1, {}}, Result::failed("b", "no core is free")};
  CHECK(to_json(results).find("\"error\": \"no core is free\"") != std::string::npos);
  CHECK(to_table(results).find("b     failed: no core is free\n") != std::string::npos);
}

}  // namespace
