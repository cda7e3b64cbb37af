#include "virtual_service.hpp"

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/providers/azure/recognition_listener.hpp>
#include <offhook/tests/services/azure/language_id.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::test;
using namespace std::chrono_literals;

namespace {

/// A caller on virtual time, in steps of 10 ms. The caller's audio goes to a RecognitionListener that is connected to the simulated service.
struct Caller {
  explicit Caller(const std::string& scenario, std::vector<std::string> languages = {}) : service(scenario) {
    azure::RecognitionOptions options;
    options.server.region = "westeurope";
    options.followed = {std::move(languages), language};
    listener.emplace(options, service, Wake{});
    listener->open(SessionContext{});
    step();
  }
  void step() {
    now += 10ms;
    listener->tick(now);
    service.run(now);
    while (const auto event = listener->poll()) {
      if (const auto* heard = std::get_if<Transcript>(&*event)) {
        if (heard->final) said += std::to_string(heard->turn) + ":" + (heard->rejected ? "?" : heard->text) + " ";
        else ++hypotheses;
      } else {
        said += std::to_string(std::get<ListenFailed>(*event).turn) + ":!" + std::string(to_string(std::get<ListenFailed>(*event).kind)) + " ";
      }
    }
  }
  void talk(std::size_t ms, bool loud = true) {
    for (std::size_t at = 0; at < ms; at += 10) {
      std::vector<std::int16_t> pcm(80);
      for (std::size_t i = 0; loud && i < pcm.size(); ++i) pcm[i] = i / 8 % 2 == 0 ? 4000 : -4000;
      listener->feed(pcm);
      step();
    }
  }
  void wait(base::Duration time) {
    for (base::Duration at{}; at < time; at += 10ms) step();
  }
  /// Ends the turn. Returns the time until its text or its failure arrives, or nullopt after five seconds.
  std::optional<base::Duration> end() {
    listener->end();
    const auto from = now;
    for (int i = 0; i < 500 && said.empty(); ++i) step();
    return said.empty() ? std::nullopt : std::optional(now - from);
  }
  void turn(std::uint32_t number, std::size_t ms = 1000) {
    listener->begin(number, "");
    talk(ms);
    (void)end();
  }
  std::string take() { return std::exchange(said, {}); }

  std::shared_ptr<std::string> language = std::make_shared<std::string>();
  VirtualService service;
  std::optional<azure::RecognitionListener> listener;
  base::TimePoint now{};
  std::string said;
  int hypotheses = 0;
};

}  // namespace

TEST_CASE("When the application ends a turn, RecognitionListener delivers the words without waiting for the silence that the service needs") {
  Caller caller(R"({"heard":["Good day.","Thank you."],"response_ms":200,"segmentation_ms":500})");
  caller.listener->begin(1, "");
  caller.talk(1000);
  const auto took = caller.end();
  CHECK(caller.take() == "1:Good day. ");
  CHECK(caller.hypotheses >= 2);
  REQUIRE(took);
  CHECK(*took < 250ms);
  caller.turn(2);
  CHECK(caller.take() == "2:Thank you. ");
  CHECK(caller.service.lines.size() == 1);
  CHECK(caller.service.log.find("refused") == std::string::npos);
}

TEST_CASE("RecognitionListener joins two phrases of one turn to one text") {
  Caller caller(R"({"heard":["Good day.","I am back."]})");
  caller.listener->begin(1, "");
  caller.talk(800);
  caller.talk(700, false);
  caller.talk(800);
  (void)caller.end();
  CHECK(caller.take() == "1:Good day. I am back. ");
}

TEST_CASE("RecognitionListener reports the language of each turn, one of the named languages that the service detects at the turn's start") {
  Caller caller(R"({"heard":["Guten Tag.","Merci.","Ciao."],"spoken":["de-DE","fr-FR","it-IT"]})", {"en", "de", "fr"});
  caller.turn(1);
  CHECK(caller.take() == "1:Guten Tag. ");
  CHECK(*caller.language == "de-DE");
  caller.turn(2);
  CHECK(caller.take() == "2:Merci. ");
  CHECK(*caller.language == "fr-FR");
  caller.turn(3);
  CHECK(caller.take() == "3:Ciao. ");
  CHECK(*caller.language == "en-US");  // Italian is not a candidate. Therefore the service returns another language.
  CHECK(caller.service.log.find("refused") == std::string::npos);
}

TEST_CASE("If a socket drops in a turn, RecognitionListener also detects the language on the next socket") {
  Caller caller(R"({"heard":["Guten Tag."],"spoken":["de-DE"],"doors":{"recognition_turns":{"faults":[{"kind":"drop","after_ms":500}]}}})", {"en", "de"});
  caller.turn(1);
  CHECK(caller.take() == "1:Guten Tag. ");
  CHECK(*caller.language == "de-DE");
  CHECK(caller.service.lines.size() == 2);
}

TEST_CASE("read_language refuses language settings that the official client would not send") {
  const nlohmann::json good = nlohmann::json::parse(R"({"phraseDetection":{"mode":"Conversation"},
      "phraseOutput":{"format":"Detailed","interimResults":{"resultType":"Auto"},"phraseResults":{"resultType":"Always"}},
      "languageId":{"languages":["en-US","de-DE"],"mode":"DetectAtAudioStart","onSuccess":{"action":"Recognize"},"onUnknown":{"action":"None"},"priority":"PrioritizeLatency"}})");
  const std::string detecting = "/v2?format=detailed&language=en-US&lidEnabled=true", fixed = "/v2?format=detailed&language=en-US";
  CHECK(read_language(good, detecting).candidates == std::vector<std::string>{"en-US", "de-DE"});
  CHECK(read_language(good, detecting).complaint.empty());
  const auto complaint = [&](const char* pointer, const char* value) {
    nlohmann::json changed = good;
    changed[nlohmann::json::json_pointer(pointer)] = nlohmann::json::parse(value);
    return read_language(changed, detecting).complaint;
  };
  CHECK(read_language(good, fixed).complaint.find("announce") != std::string::npos);
  CHECK(read_language(nlohmann::json::object(), detecting).complaint.find("announces") != std::string::npos);
  CHECK(read_language(nlohmann::json::object(), fixed).complaint.empty());
  CHECK(complaint("/phraseDetection/language", R"("en-US")") == "a language beside languageId");
  CHECK(complaint("/languageId/mode", R"("AtStart")").find("mode") != std::string::npos);
  CHECK(complaint("/languageId/priority", "1").find("priority") != std::string::npos);
  CHECK(complaint("/languageId/onUnknown/action", R"("Recognize")").find("action") != std::string::npos);
  CHECK(complaint("/languageId/more", "1").find("members") != std::string::npos);
  CHECK(complaint("/phraseOutput/phraseResults/resultType", R"("Auto")").find("resultType") != std::string::npos);
  CHECK(complaint("/languageId/languages", "[]").find("no languages") != std::string::npos);
  CHECK(complaint("/languageId/languages", R"(["de"])").find("no locale") != std::string::npos);
  CHECK(complaint("/languageId/languages", R"(["de-DE","de-AT"])").find("twice") != std::string::npos);
  CHECK(complaint("/languageId/languages", R"(["de-DE","en-US","fr-FR","it-IT"])").empty());
  CHECK(complaint("/languageId/languages", R"(["de-DE","en-US","fr-FR","it-IT","es-ES"])").find("too many") != std::string::npos);
}

TEST_CASE("RecognitionListener reports no text for silence") {
  Caller caller(R"({"heard":["Good day."]})");
  caller.listener->begin(1, "");
  caller.talk(800, false);
  (void)caller.end();
  CHECK(caller.take() == "1:? ");
}

TEST_CASE("After RecognitionListener::abandon(), the abandoned turn does not affect the next turn") {
  Caller caller(R"({"heard":["Noise.","Yes."],"response_ms":400})");
  caller.listener->begin(1, "");
  caller.talk(500);
  caller.listener->abandon();
  caller.turn(2, 300);
  CHECK(caller.take() == "2:Yes. ");
  CHECK(caller.service.lines.size() == 1);
  CHECK(caller.service.log.find("refused") == std::string::npos);
}

TEST_CASE("If the final text is missing, RecognitionListener uses the hypothesis, and the next turn works") {
  Caller caller(R"({"heard":["Yes please do.","No."],"doors":{"recognition_turns":{"faults":[{"kind":"no_final"}]}}})");
  caller.turn(1);
  CHECK(caller.take() == "1:yes please do. ");
  CHECK(caller.listener->counters().unanswered == 1);
  caller.wait(2s);
  caller.service.world->phrases = 1;
  caller.turn(2);
  CHECK(caller.take() == "2:No. ");
  CHECK(caller.service.log.find("refused") == std::string::npos);
}

TEST_CASE("If the service stalls, RecognitionListener reports a timeout, and uses a new socket for the next turn") {
  Caller caller(R"({"heard":["Yes."],"doors":{"recognition_turns":{"faults":[{"kind":"stall"}]}}})");
  caller.turn(1);
  CHECK(caller.take() == "1:!timeout ");
  caller.turn(2);
  CHECK(caller.take() == "2:Yes. ");
  CHECK(caller.service.lines.size() == 2);
}

TEST_CASE("RecognitionListener waits up to its limit for a slow service") {
  Caller caller(R"({"heard":["Yes."],"doors":{"recognition_turns":{"faults":[{"kind":"latency","delay_ms":1000}]}}})");
  caller.listener->begin(1, "");
  caller.talk(200);
  const auto took = caller.end();
  REQUIRE(took);
  CHECK(*took >= 1200ms);
  CHECK(caller.take() == "1:Yes. ");
}

TEST_CASE("If the connection drops in a turn, RecognitionListener delivers the whole text later") {
  Caller caller(R"({"heard":["All of it."],"doors":{"recognition_turns":{"faults":[{"kind":"drop","after_ms":500},{"kind":"close","status":1011,"after_ms":700}]}}})");
  caller.turn(1, 1500);
  CHECK(caller.take() == "1:All of it. ");
  CHECK(caller.service.lines.size() == 3);
}

TEST_CASE("If the service ends a turn by itself, RecognitionListener continues the turn") {
  Caller caller(R"({"heard":["Good day.","I am here."],"doors":{"recognition_turns":{"faults":[{"kind":"early_end","after_ms":1600}]}}})");
  caller.listener->begin(1, "");
  caller.talk(600);
  caller.talk(800, false);
  caller.talk(800);
  (void)caller.end();
  CHECK(caller.take() == "1:Good day. I am here. ");
  CHECK(caller.service.lines.size() == 1);
  CHECK(caller.service.log.find("refused") == std::string::npos);
}

TEST_CASE("RecognitionListener counts garbage between valid frames, and reports too many requests as rate limited") {
  Caller caller(R"({"heard":["Yes.","No."],"doors":{"recognition_turns":{"faults":[{"kind":"garbage","after_ms":200},
                    {"kind":"close","status":1007,"text":"Quota exceeded","after_ms":200},{"kind":"error","text":"TooManyRequests","after_ms":200}]}}})");
  caller.turn(1);
  CHECK(caller.take() == "1:Yes. ");
  CHECK(caller.listener->counters().garbage == 3);
  CHECK(caller.listener->counters().late == 1);
  caller.turn(2);
  CHECK(caller.take() == "2:!rate limited ");
  caller.turn(3);
  CHECK(caller.take() == "3:!rate limited ");
}

TEST_CASE("Azure's read_scenario refuses a scenario with an unknown member, and names the member") {
  CHECK(read_scenario(R"({"heart":[]})").error.find("heart") != std::string::npos);
  CHECK(read_scenario(R"({"doors":{"window":{}}})").error.find("window") != std::string::npos);
  CHECK(read_scenario(R"({"doors":{"speech":{"faults":[{"kind":"fun"}]}}})").error.find("fun") != std::string::npos);
  CHECK_FALSE(read_scenario("{").error.empty());
  CHECK(heard_in(read_scenario(R"({"heard":["a","b"],"loop":true})").scenario, 3) == "b");
}
