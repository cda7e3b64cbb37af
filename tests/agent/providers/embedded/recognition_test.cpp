#include "caller.hpp"

#include <offhook/agent/providers/embedded/dialogue.hpp>
#include <offhook/agent/providers/embedded/heard_number.hpp>
#include <offhook/agent/providers/embedded/intent_matcher.hpp>
#include <offhook/agent/providers/embedded/provider.hpp>
#include <offhook/agent/providers/embedded/sphinx_listener.hpp>
#include <offhook/agent/providers/embedded/spoken_number.hpp>
#include <offhook/agent/providers/embedded/spoken_zero.hpp>
#include <offhook/agent/providers/embedded/wish_confirmation.hpp>
#include <offhook/agent/providers/embedded/yes_no.hpp>
#include <offhook/agent/support/work_pool.hpp>

#include <offhook/tests/testkit/sample.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace offhook::agent;
using namespace offhook::agent::embedded;

namespace {

const Dialogue& shipped_receptionist() {
  static const Dialogue dialogue = [] {
    auto loaded = load_dialogue("share/dialogues/receptionist.json");
    REQUIRE_MESSAGE(loaded, loaded.error().detail);
    return *std::move(loaded);
  }();
  return dialogue;
}

std::shared_ptr<const DecoderFiles> decoder_files() {
  static const auto files = [] {
    const EmbeddedOptions defaults;
    auto made = DecoderFiles::make(shipped_receptionist(), defaults.model_path, defaults.dictionary_path);
    REQUIRE_MESSAGE(made, made.error().detail);
    return *std::move(made);
  }();
  return files;
}

/// The listener of one call. It gets audio as in a real call: 20 ms at a time.
class Ears {
 public:
  explicit Ears(std::size_t limit = 4) : decoders(std::make_shared<DecoderPool>(decoder_files(), 1, limit)) {
    listener = std::make_unique<SphinxListener>(pool, decoders, shipped_receptionist().confidence_threshold, bell.wake());
  }
  void feed(const caller::Pcm& pcm) {
    for (std::size_t i = 0; i < pcm.size(); i += 320) listener->feed(std::span(pcm).subspan(i, std::min<std::size_t>(320, pcm.size() - i)));
  }
  Transcript hear(const caller::Pcm& pcm, std::string_view expect) {
    listener->begin(++turn, expect);
    feed(pcm);
    listener->end();
    return await_final(*listener);
  }
  Transcript await_final(Listener& from) {
    Transcript result;
    REQUIRE(bell.poll_until(from, [&](const ListenEvent& event) {
      REQUIRE_FALSE(std::holds_alternative<ListenFailed>(event));
      result = std::get<Transcript>(event);
      if (!result.final) ++partials;
      return result.final;
    }));
    return result;
  }

  caller::Bell bell;
  WorkPool pool{{.threads = 2}};
  std::shared_ptr<DecoderPool> decoders;
  std::unique_ptr<SphinxListener> listener;
  std::uint32_t turn = 0;
  int partials = 0;
};

// No sentence here is an example of the dialogue. Most of them did not influence the choice of the thresholds.
const std::vector<std::pair<std::string, std::string>> kWishes = {
    {"what time do you open tomorrow", "opening_hours"}, {"are you open today or tomorrow", "opening_hours"},
    {"please tell me what time you close", "opening_hours"}, {"are you open late on saturday", "opening_hours"},
    {"could you tell me your address please", "address"}, {"where do i find your store", "address"},
    {"where is your shop located", "address"}, {"i would like to leave my number", "call_back"},
    {"can someone call me back tomorrow", "call_back"}, {"please have somebody call me back", "call_back"},
    {"i want to speak to the sales department", "sales"}, {"please connect me to sales", "sales"},
    {"can i talk to somebody please", "operator"}, {"let me speak to a person", "operator"},
    {"how long is a repair", "repair"}, {"i need you to fix a flat tire", "repair"},
    {"can you say that one more time please", "repeat"}, {"what does it cost to rent a bike", "faq_13"},
    {"where can i park", "faq_14"}, {"thank you very much and goodbye", "goodbye"}};

const std::vector<std::string> kForeign = {
    "the train to boston leaves at midnight", "my neighbor has a very loud dog", "please boil the potatoes for ten minutes",
    "the orchestra played beethoven wonderfully", "what is the capital of australia", "snow is expected in the mountains tonight",
    "he wrote a novel about pirates", "tell me a joke about penguins", "increase the volume of the television",
    "our grandparents emigrated from norway", "the lawyer objected to the question", "buy milk bread and butter"};

}  // namespace

TEST_CASE("The recogniser and the matcher understand spoken wishes at 16 kHz and through an 8 kHz mu-law line, and accept almost no other sentence") {
  // By default, each sentence is said in one voice over one line. In `./dev test --full`, it is said in each voice over each line.
  const std::size_t step = offhook_test::sample_step(4);
  const IntentMatcher matcher(shipped_receptionist());
  std::size_t combination = 0;
  int total = 0, of = 0, all_wrong = 0, all_accepted = 0;
  for (const std::string voice : {"slt", "rms"}) {
    std::map<std::string, caller::Pcm> said;  // A cache, because the synthesis takes more time than the recognition.
    for (const bool telephone : {false, true}) {
      Ears ears;
      const std::size_t first = combination++ % step;
      int wishes = 0, understood = 0, confirmed = 0, wrong = 0, asked = 0, accepted = 0;
      const auto hear = [&](const std::string& text) {
        const auto [entry, is_new] = said.try_emplace(text);
        caller::Pcm& wide = entry->second;
        if (is_new) wide = caller::say(text, voice);
        return ears.hear(telephone ? caller::through_telephone(wide) : wide, kExpectMain);
      };
      for (std::size_t i = first; i < kWishes.size(); i += step) {
        const auto& [text, intent] = kWishes[i];
        ++wishes;
        const auto heard = hear(text);
        const auto match = matcher.match(heard.text);
        const auto decision = decide(shipped_receptionist(), match, heard.confidence);
        if (decision == Decision::Reject) continue;
        if (match.intent->name != intent) ++(decision == Decision::Accept ? wrong : asked);
        else ++(decision == Decision::Accept ? understood : confirmed);
      }
      CHECK(ears.partials > 0);
      for (std::size_t i = first; i < kForeign.size(); i += step) {
        const auto heard = hear(kForeign[i]);
        if (decide(shipped_receptionist(), matcher.match(heard.text), heard.confidence) == Decision::Accept) ++accepted;
      }
      MESSAGE(voice << std::string(telephone ? " 8 kHz: " : " 16 kHz: ") << understood << " of " << wishes << " understood, " << confirmed << " confirmed, " << wrong
                    << " taken for another, " << asked << " asked about another, " << accepted << " foreign sentences accepted");
      CHECK(understood + confirmed >= wishes * (telephone ? 16 : 18) / 20);
      CHECK(understood >= wishes * (telephone ? 8 : 13) / 20);
      total += understood + confirmed;
      of += wishes;
      all_wrong += wrong;
      all_accepted += accepted;
      CHECK(wrong <= 1);
      CHECK(accepted <= 1);
    }
  }
  CHECK(total * 10 >= of * 9);
  CHECK(all_wrong <= 4 / static_cast<int>(step));
  CHECK(all_accepted <= 4 / static_cast<int>(step));
}

TEST_CASE("The recogniser understands digits, and yes or no, with the language model of the dialogue's state") {
  Ears ears;
  for (const std::string voice : {"slt", "rms"}) {
    for (const std::string number : {"5551234", "016288", "9074"}) {
      const auto heard = ears.hear(caller::say(read_digits(number), voice), kExpectDigits);
      CHECK(heard_digits(heard.text) == number);
      CHECK_FALSE(heard.rejected);
    }
    CHECK(understand_yes_no(ears.hear(caller::say("yes that is right", voice), kExpectYesNo).text) == YesNo::Yes);
    CHECK(understand_yes_no(ears.hear(caller::say("no", voice), kExpectYesNo).text) == YesNo::No);
    for (const std::string yes : {"yes", "yes that is right"}) CHECK(understand_yes_no(ears.hear(caller::say(yes, voice), kExpectWish).text) == YesNo::Yes);
    for (const std::string no : {"no", "that is wrong"}) CHECK(understand_yes_no(ears.hear(caller::say(no, voice), kExpectWish).text) == YesNo::No);
    CHECK(ears.hear(caller::say("what is your address", voice), kExpectWish).text == "what is your address");
  }
}

TEST_CASE("SphinxDecoder::make() refuses if less than kMemory octets are free, because its library would end the process") {
  CHECK(SphinxDecoder::make(decoder_files(), SphinxDecoder::kMemory));
  const auto refused = SphinxDecoder::make(decoder_files(), SphinxDecoder::kMemory - 1);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == static_cast<int>(EmbeddedError::Memory));
}

TEST_CASE("SphinxListener gives a rejected transcript, not a failure, for silence and noise") {
  Ears ears;
  const auto nothing = ears.hear(caller::Pcm(16000, 0), kExpectMain);
  CHECK(nothing.rejected);
  CHECK(ears.hear({}, kExpectMain).rejected);
  caller::Pcm noise(16000);
  std::uint32_t state = 1;
  for (auto& sample : noise) sample = static_cast<std::int16_t>((state = state * 1664525U + 1013904223U) >> 18U);
  CHECK(ears.hear(noise, kExpectMain).rejected);
}

TEST_CASE("The recognition of one caller's words does not depend on the words of earlier callers") {
  Ears ears;
  const auto wish = caller::say("what is your address", "slt");
  const auto first = ears.hear(wish, kExpectMain);
  static_cast<void>(ears.hear(caller::through_telephone(caller::say("goodbye", "rms")), kExpectMain));
  ears.listener.reset();
  ears.listener = std::make_unique<SphinxListener>(ears.pool, ears.decoders, 0.2, ears.bell.wake());
  const auto again = ears.hear(wish, kExpectMain);
  CHECK(again.text == first.text);
  CHECK(again.confidence == doctest::Approx(first.confidence));
}

TEST_CASE("SphinxListener gives no more events of an abandoned turn, and understands the next turn") {
  Ears ears;
  ears.listener->begin(1, "");
  ears.feed(caller::say("where are you", "slt"));
  ears.listener->end();
  ears.listener->abandon();
  ears.turn = 1;
  const auto heard = ears.hear(caller::say("goodbye", "slt"), "no such state");
  CHECK(heard.turn == 2);
  CHECK(heard.text == "goodbye");
}

TEST_CASE("SphinxListener gives the transcript of an ended turn even if the next turn has begun") {
  Ears ears;
  ears.listener->begin(1, "");
  ears.feed(caller::say("goodbye", "slt"));
  ears.listener->end();
  ears.listener->begin(2, "");
  CHECK(ears.await_final(*ears.listener).turn == 1);
}

TEST_CASE("SphinxListener fails a turn if other calls use all decoders, and gets a decoder after another call has ended") {
  Ears ears(1);
  CHECK(ears.hear(caller::say("goodbye", "slt"), "").text == "goodbye");
  SphinxListener second(ears.pool, ears.decoders, 0.2, ears.bell.wake());
  second.begin(7, "");
  second.end();
  REQUIRE(ears.bell.poll_until(second, [](const ListenEvent& event) {
    REQUIRE(std::holds_alternative<ListenFailed>(event));
    CHECK(std::get<ListenFailed>(event).turn == 7);
    CHECK(std::get<ListenFailed>(event).why == "all 1 decoders are in use");
    return true;
  }));
  ears.listener.reset();
  // The first listener returns its decoder only when its last job has ended.
  const caller::Pcm goodbye = caller::say("goodbye", "slt");
  bool heard = false;
  while (!heard) {
    second.begin(8, "");
    second.feed(goodbye);
    second.end();
    REQUIRE(ears.bell.poll_until(second, [&](const ListenEvent& event) {
      const auto* transcript = std::get_if<Transcript>(&event);
      heard = transcript != nullptr && transcript->final && transcript->text == "goodbye";
      return transcript == nullptr || transcript->final;
    }));
  }
}

TEST_CASE("SphinxListener fails a turn if its WorkPool has ended") {
  caller::Bell bell;
  auto pool = std::make_unique<WorkPool>(WorkPoolOptions{.threads = 1});
  SphinxListener listener(*pool, std::make_shared<DecoderPool>(decoder_files(), 1, 1), 0.2, bell.wake());
  pool.reset();
  listener.begin(3, "");
  listener.feed(caller::Pcm(4000, 0));
  listener.end();
  const auto event = listener.poll();
  REQUIRE(event);
  REQUIRE(std::holds_alternative<ListenFailed>(*event));
  CHECK(std::get<ListenFailed>(*event).turn == 3);
  CHECK_FALSE(listener.poll());
}

TEST_CASE("SphinxListener ignores the audio of a turn after kMaxTurnSeconds") {
  Ears ears;
  ears.listener->begin(1, "");
  ears.feed(caller::say("goodbye", "slt"));
  ears.feed(caller::Pcm(kMaxTurnSeconds * 16000, 0));
  ears.feed(caller::say("where are you", "slt"));
  ears.listener->end();
  CHECK(ears.await_final(*ears.listener).text == "goodbye");
}

TEST_CASE("The recogniser understands \"zero\" as a wish and as an answer to a question") {
  for (const std::string voice : {"slt", "rms"}) {
    for (const auto expect : {kExpectMain, kExpectYesNo, kExpectWish}) {
      Ears ears;
      const auto heard = ears.hear(caller::say("zero", voice), expect);
      CAPTURE(voice);
      CAPTURE(expect);
      CAPTURE(heard.text);
      CAPTURE(heard.confidence);
      CHECK(says_zero(heard.text));
      CHECK_FALSE(heard.rejected);
    }
  }
}

TEST_CASE("The recogniser understands recorded digits of a person") {
  const std::string folder = "/usr/share/asterisk/sounds/en_US_f_Allison/digits/";
  if (!std::filesystem::exists(folder + "1.g722")) return offhook_test::skip("there are no recordings (apt-get install asterisk-core-sounds-en-g722)");
  Ears ears;
  int right = 0, wrong = 0;
  for (const std::string number : {"1394", "0730", "8018", "4794", "3896", "7961", "0794486533", "5614001"}) {
    const auto heard = ears.hear(caller::recorded_digits(folder, number), kExpectDigits);
    if (heard.rejected) continue;
    if (heard_digits(heard.text) == number) ++right;
    else ++wrong;
  }
  MESSAGE(right << " of 8 numbers right, " << wrong << " wrong");
  CHECK(right >= 6);
  CHECK(wrong <= 1);
}

TEST_CASE("With the language model of a read-back, the recogniser understands corrections and several forms of yes and no") {
  Ears ears;
  for (const std::string voice : {"slt", "rms"}) {
    CHECK(corrected_number("5551234", heard_number(ears.hear(caller::say("no it's five five six one two three four", voice), kExpectCorrection).text, 3), 3, 15) ==
          "5561234");
    for (const std::string yes : {"yeah that's right", "correct"})
      CHECK(understand_yes_no(ears.hear(caller::say(yes, voice), kExpectCorrection).text) == YesNo::Yes);
    for (const std::string no : {"nope", "that's wrong"})
      CHECK(understand_yes_no(ears.hear(caller::say(no, voice), kExpectCorrection).text) == YesNo::No);
  }
}
