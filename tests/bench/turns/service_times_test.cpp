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

TEST_CASE("served_turns subtracts the services' times and the pause from a turn, and returns the remaining time as Offhook's time") {
  // The last voice arrives at 40 ms. 20 ms after the pause, the recogniser gets the end of the turn; it answers 150 ms later. 3 ms after the
  // transcript, the model gets its request, and answers in 300 ms. 2 ms after this answer, the synthesiser gets its request, and answers in 150 ms.
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

TEST_CASE("If the recogniser gets the turn as a whole, served_turns assumes that the turn's last voice was one pause before the request") {
  const auto turns = served_turns(served(log_of({R"({"what":"answer","endpoint":"transcription","text":"badi please","t_us":560000,"due_us":710000})",
                                                 R"({"what":"answer","text":"badi circumstances","t_us":711000,"due_us":1011000})",
                                                 R"({"what":"answer","endpoint":"speech","text":"badi circumstances","t_us":1012000,"due_us":1162000})"})),
                                  500'000);
  REQUIRE(turns.size() == 1);
  CHECK(turns[0].last_voiced_us == 60'000);
  CHECK(turns[0].own_us == 2'000);
}

TEST_CASE("If no service heard the caller (embedded recogniser), served_turns lets the turn begin with the request to the model") {
  const auto turns = served_turns(served(log_of({R"({"what":"answer","text":"badi circumstances","t_us":700000,"due_us":1000000})",
                                                 R"({"what":"speak","text":"badi circumstances","t_us":1004000,"due_us":1154000})"})),
                                  500'000);
  REQUIRE(turns.size() == 1);
  CHECK(turns[0].last_voiced_us == 200'000);
  CHECK(turns[0].own_us == 4'000);
}

TEST_CASE("served_turns accepts a turn without a request to a model, as in a conversation that Deepgram holds") {
  const auto turns = served_turns(served(log_of({R"({"what":"heard","session":1,"text":"badi please","t_us":540000,"due_us":690000,"last_voiced_us":30000})",
                                                 R"({"what":"spoken","session":1,"text":"badi circumstances","t_us":690000,"due_us":690000})"})),
                                  500'000);
  REQUIRE(turns.size() == 1);
  CHECK(turns[0].own_us == 10'000);
}

TEST_CASE("served_turns omits a turn without an answer or without speech, and keeps the turns of two calls with the same words apart") {
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

TEST_CASE("talked_turns assigns the time after the end of the turn to the model, and only the time between the pause and this end to Offhook") {
  const auto log = log_of({R"({"what":"first_delta","session":3,"t_us":900000,"due_us":899000,"end_of_turn_us":560000,"last_voiced_us":40000})",
                           R"({"what":"first_delta","session":3,"t_us":100000,"last_voiced_us":0})"});
  const auto turns = talked_turns(log, 500'000);
  REQUIRE(turns.size() == 1);
  CHECK(turns[0].own_us == 20'000);
  CHECK(turns[0].session == 3);
}

TEST_CASE("turn_of returns the simulator's last turn that lies within the caller's turn, and only one of the given session, if there is one") {
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
