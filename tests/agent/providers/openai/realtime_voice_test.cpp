#include "realtime_line.hpp"

using namespace offhook_test;

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession plays utterances of the model and of its speaker in the order of the requests") {
  open_and_configure();
  speech(1);
  respond(1);
  session->speak(1, "One moment, please.");
  const auto response = created();
  audio(response, "i", 800);
  session->speak(2, "");
  session->speak(3, "Sorry.");
  collect();
  item_done(response, "i");
  std::vector<std::uint32_t> order;
  for (const auto& done : all<SpeechDone>()) order.push_back(done.utterance);
  CHECK(order == std::vector<std::uint32_t>{1, 2, 3});
  std::uint32_t last = 0;
  for (const auto& piece : all<SpeechAudio>()) {
    CHECK(piece.utterance >= last);
    last = piece.utterance;
    CHECK(piece.rate_hz == (piece.utterance == 2 ? 8'000 : 16'000));
  }
  CHECK(speaker->said == std::vector<std::string>{"One moment, please.", "Sorry."});
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession sends Offhook's own sentences to the model as the assistant's words, and does not send the model's replies back") {
  open_and_configure();
  session->speak(1, "Hello, this is the bakery.");
  session->on_heard({1, "Hello, this is the bakery.", false, 0, {}});
  REQUIRE(sent("conversation.item.create").size() == 1);
  CHECK(sent("conversation.item.create")[0]["item"]["role"] == "assistant");
  CHECK(sent("conversation.item.create")[0]["item"]["content"][0]["text"] == "Hello, this is the bakery.");
  reply_to(2, "i1");
  session->speak(2, "");
  session->on_heard({2, "Hello there,", false, 0, {}});
  CHECK(sent("conversation.item.create").size() == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession gives no more audio of cancelled speech, and plays the next utterance") {
  open_and_configure();
  const auto response = reply_to(1, "i1");
  session->speak(1, "");
  session->speak(2, "Own words.");
  session->cancel_speech();
  CHECK(speaker->cancelled);
  audio(response, "i1", 800);
  collect();
  CHECK(count<SpeechAudio>() == 0);
  session->speak(3, "Again.");
  collect();
  REQUIRE(count<SpeechDone>() == 1);
  CHECK(all<SpeechDone>()[0].utterance == 3);
}

TEST_CASE_FIXTURE(RealtimeLine, "If RealtimeSession has no speaker, it fails Offhook's own sentences, and still plays the model's audio") {
  session = std::make_unique<RealtimeSession>(client, options, nullptr, Wake{});
  session->open(context, now);
  configure(0);
  session->speak(1, "Sorry.");
  collect();
  REQUIRE(count<SpeakFailed>() == 1);
  CHECK(all<SpeakFailed>()[0].utterance == 1);
  reply_to(1, "i1");
  session->speak(2, "");
  collect();
  CHECK(samples_heard() == 4000);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession gives words with their audio in order, and has given all words at the end") {
  open_and_configure();
  speech(1);
  respond(1);
  const auto response = created();
  words(response, "i", "Good morning, how may I help ");
  words(response, "i", "you today?");
  audio(response, "i", 80);
  session->speak(1, "");
  collect();
  std::size_t samples = 0;
  std::string text;
  std::uint32_t last = 0;
  const auto check = [&] {
    for (const auto& piece : all<SpeechAudio>()) {
      samples += piece.pcm.size();
      for (const auto& word : piece.words) {
        CHECK(word.first_sample < samples);
        CHECK(word.first_sample >= last);
        last = word.first_sample;
        text += word.text + ' ';
      }
    }
    events.clear();
  };
  check();
  CHECK(text == "Good ");
  for (int i = 0; i < 40; ++i) audio(response, "i", 400);
  check();
  CHECK(text == "Good morning, how may I help you ");  // The session holds back the last word, because it may be incomplete.
  item_done(response, "i");
  check();
  CHECK(text == "Good morning, how may I help you today? ");
  CHECK(samples == 16'080);
}

// --- bounds of a reply -------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession plays kMaxSeconds of a reply, and drops and counts further audio") {
  open_and_configure();
  speech(1);
  respond(1);
  const auto response = created();
  constexpr std::size_t kPiece = 48'000;
  static_assert(ReplyLedger::kMaxSeconds * 8000 % kPiece == 0);
  for (std::size_t i = 0; i < ReplyLedger::kMaxSeconds * 8000 / kPiece; ++i) audio(response, "i", kPiece);
  CHECK(session->counters().audio_dropped == 0);
  audio(response, "i", 1);
  CHECK(session->counters().audio_dropped == 1);
  session->speak(1, "");
  collect();
  CHECK(samples_heard() == ReplyLedger::kMaxSeconds * 8000);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession accepts kMaxText octets of a reply's words, and drops and counts further words") {
  open_and_configure();
  speech(1);
  respond(1);
  const auto response = created();
  words(response, "i", std::string(ReplyLedger::kMaxText, 'a'));
  CHECK(session->counters().text_dropped == 0);
  words(response, "i", "b");
  CHECK(session->counters().text_dropped == 1);
}

TEST_CASE_FIXTURE(RealtimeLine, "RealtimeSession plays kMaxReplyItems items of a reply, and drops and counts further items") {
  open_and_configure();
  speech(1);
  respond(1);
  const auto response = created();
  for (std::size_t i = 0; i < kMaxReplyItems; ++i) audio(response, "i" + std::to_string(i), 8);
  CHECK(session->counters().items_dropped == 0);
  CHECK(count<ReplyText>() == kMaxReplyItems);
  audio(response, "one more", 8);
  CHECK(session->counters().items_dropped == 1);
  CHECK(count<ReplyText>() == kMaxReplyItems);
}
