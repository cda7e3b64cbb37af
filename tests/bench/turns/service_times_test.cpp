#include <offhook/bench/service_times.hpp>

#include <doctest/doctest.h>

using namespace offhook::bench;
using Json = nlohmann::json;

namespace {

std::vector<Json> log_of(std::initializer_list<const char*> lines) {
  std::vector<Json> log;
  for (const char* line : lines) log.push_back(Json::parse(line));
  return log;
}

HeardTurn heard(std::int64_t last_voiced_us, std::int64_t first_voiced_us) { return {last_voiced_us, first_voiced_us, 0, {}}; }

}  // namespace

TEST_CASE("served_turns excludes the services' times and the pause from Offhook's time") {
  // The last voice comes at 40 ms. The end arrives 20 ms after the pause, and the transcript 150 ms later. The model's request follows 3 ms after it
  // and takes 300 ms. The request for speech follows 2 ms after that and takes 150 ms.
  const auto turns = served_turns(served(log_of({R"({"what":"heard","session":7,"text":"badi please","t_us":560000,"due_us":710000,"last_voiced_us":40000})",
                                                 R"({"what":"spoken","session":9,"text":"Badi circumstances.","t_us":1015000,"due_us":1165000})",
                                                 R"({"what":"answer","endpoint":"chat","words":"badi please","text":"badi circumstances","t_us":713000,"due_us":1013000})"})),
                                  500'000);
  REQUIRE(turns.size() == 1);
  CHECK(turns[0].last_voiced_us == 40'000);
  CHECK(turns[0].first_delta_us == 1'165'000);
  CHECK(turns[0].own_us == 20'000 + 3'000 + 2'000);
  HeardTurn turn = heard(10'000, 1'200'000);
  turn.model = turn_of(turn, turns, std::nullopt);
  REQUIRE(turn.model);
  CHECK(turn.up_ms() == 30);
  CHECK(turn.between_ms() == 25);
  CHECK(turn.down_ms() == 35);
  CHECK(turn.whole_ms() - turn.model_ms() == doctest::Approx(30 + 25 + 35));
}

TEST_CASE("For a recogniser that gets the whole turn, the turn ends with the pause, and later time belongs to the way up") {
  const auto turns = served_turns(served(log_of({R"({"what":"answer","endpoint":"transcription","text":"badi please","t_us":560000,"due_us":710000})",
                                                 R"({"what":"answer","text":"badi circumstances","t_us":711000,"due_us":1011000})",
                                                 R"({"what":"answer","endpoint":"speech","text":"badi circumstances","t_us":1012000,"due_us":1162000})"})),
                                  500'000);
  REQUIRE(turns.size() == 1);
  CHECK(turns[0].last_voiced_us == 60'000);
  CHECK(turns[0].own_us == 2'000);
}

TEST_CASE("Without a log of the embedded recogniser, a turn begins with the request to the model") {
  const auto turns = served_turns(served(log_of({R"({"what":"answer","text":"badi circumstances","t_us":700000,"due_us":1000000})",
                                                 R"({"what":"speak","text":"badi circumstances","t_us":1004000,"due_us":1154000})"})),
                                  500'000);
  REQUIRE(turns.size() == 1);
  CHECK(turns[0].last_voiced_us == 200'000);
  CHECK(turns[0].own_us == 4'000);
}

TEST_CASE("A conversation that Deepgram holds has no request to a model") {
  const auto turns = served_turns(served(log_of({R"({"what":"heard","session":1,"text":"badi please","t_us":540000,"due_us":690000,"last_voiced_us":30000})",
                                                 R"({"what":"spoken","session":1,"text":"badi circumstances","t_us":690000,"due_us":690000})"})),
                                  500'000);
  REQUIRE(turns.size() == 1);
  CHECK(turns[0].own_us == 10'000);
}

TEST_CASE("A turn without an answer or without speech is omitted, and two calls with the same words keep their own turns") {
  const auto log = log_of({R"({"what":"heard","text":"badi","t_us":1000,"due_us":151000,"last_voiced_us":500})", R"({"what":"heard","text":"badi","t_us":101000,"due_us":251000,"last_voiced_us":600})",
                           R"({"what":"heard","text":"gugu","t_us":1000,"due_us":151000,"last_voiced_us":500})", R"({"what":"answer","text":"gugu","t_us":152000,"due_us":452000})",
                           R"({"what":"answer","text":"badi","t_us":152000,"due_us":452000})", R"({"what":"answer","text":"badi","t_us":253000,"due_us":553000})",
                           R"({"what":"spoken","text":"badi","t_us":454000,"due_us":604000})", R"({"what":"spoken","text":"badi","t_us":555000,"due_us":705000})",
                           R"({"what":"heard","text":"","t_us":1000,"due_us":151000})", R"({"what":"closed","t_us":1000})"});
  const auto turns = served_turns(served(log), 0);
  REQUIRE(turns.size() == 2);
  CHECK(turns[0].first_delta_us == 604'000);
  CHECK(turns[1].first_delta_us == 705'000);
}

TEST_CASE("The time after the end of the turn belongs to a model that hears and speaks") {
  const auto log = log_of({R"({"what":"first_delta","session":3,"t_us":900000,"due_us":899000,"end_of_turn_us":560000,"last_voiced_us":40000})",
                           R"({"what":"first_delta","session":3,"t_us":100000,"last_voiced_us":0})"});
  const auto turns = talked_turns(log, 500'000);
  REQUIRE(turns.size() == 1);
  CHECK(turns[0].own_us == 20'000);
  CHECK(turns[0].session == 3);
}

TEST_CASE("turn_of finds the simulator's turn by both of its ends, and by its session if one socket served the call") {
  const std::vector<SimTurn> model = {{1, 30'000, 1'100'000, 0}, {2, 40'000, 1'160'000, 0}, {{}, 50'000, 1'180'000, 0}, {3, 60'000, 1'300'000, 0}};
  CHECK(turn_of(heard(10'000, 1'200'000), model, std::nullopt)->first_delta_us == 1'180'000);
  CHECK(turn_of(heard(10'000, 1'200'000), model, 1)->first_delta_us == 1'100'000);
  CHECK(turn_of(heard(10'000, 1'170'000), model, std::nullopt)->session == 2);
  CHECK_FALSE(turn_of(heard(10'000, 1'200'000), model, 3));
  CHECK_FALSE(turn_of(heard(70'000, 1'400'000), model, std::nullopt));
  const std::vector<SimTurn> one = {{{}, 260'000, 1'000'000, 0}};
  CHECK_FALSE(turn_of(heard(10'000, 1'200'000), one, std::nullopt));
  CHECK(turn_of(heard(10'001, 1'200'000), one, std::nullopt));
  CHECK(turn_of(heard(10'000, 1'200'000), one, std::nullopt, 300'000));
}
