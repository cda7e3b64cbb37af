#include "listening.hpp"

using namespace offhook;
using namespace offhook::test;

TEST_CASE_FIXTURE(Listening, "RecognitionListener opens one socket at the start of the call, and sends its key and its configuration") {
  REQUIRE(client.sockets.size() == 1);
  CHECK(socket().request.url == "wss://westeurope.stt.speech.microsoft.com/stt/speech/universal/v2?format=detailed&language=de-AT");
  CHECK(socket().request.headers[0] == std::pair<std::string, std::string>("ocp-apim-subscription-key", "key-canary"));
  CHECK(socket().request.headers[1].first == "x-connectionid");
  CHECK(socket().request.headers[1].second.size() == 32);
  CHECK(socket().request.max_message == kMaxUspMessage);
  CHECK(sent() == "S");
  const json config = json::parse(socket().sent[0].body);
  CHECK(config["context"]["audio"]["source"]["samplerate"] == 8000);
  CHECK(config["recognition"] == "conversation");
}

TEST_CASE_FIXTURE(Listening, "RecognitionListener sends context, WAV header and pieces of 100 ms, and the end of the audio as soon as the turn ends") {
  listener->begin(3, "");
  feed_ms(99);
  CHECK(sent() == "S");
  feed_ms(1);
  CHECK(sent() == "STHA");
  feed_ms(150);
  CHECK(sent() == "STHAA");
  listener->end();
  CHECK(sent() == "STHAAAE");
  const auto audio = socket().of("audio");
  CHECK(audio[0].body.size() == 44);
  CHECK(audio[0].body.substr(0, 16) == std::string("RIFF\0\0\0\0WAVEfmt ", 16));
  CHECK(audio[0].body.substr(20, 8) == std::string("\x01\0\x01\0\x40\x1f\0\0", 8));
  CHECK(audio[0].body.substr(40) == std::string(4, '\0'));
  CHECK(audio[1].body.size() == 1600);
  CHECK(audio[3].body.size() == 800);
  for (const auto& each : audio) CHECK(each.request_id == id());
  CHECK(socket().of("speech.config")[0].request_id != id());
  CHECK(json::parse(socket().of("speech.context")[0].body) ==
        json::parse(R"({"phraseDetection":{"mode":"Conversation","language":"de-AT"},"phraseOutput":{"format":"Detailed"}})"));
}

TEST_CASE_FIXTURE(Listening, "RecognitionListener gives interim texts while the caller speaks, and the whole text at the end of the service's turn") {
  listener->begin(3, "");
  feed_ms(500);
  hypothesis("good");
  hypothesis("good day");
  CHECK(said() == "3:\"good\"~ 3:\"good day\"~ ");
  phrase("Good day.", 400);
  hypothesis("are you");
  CHECK(said() == "3:\"Good day.\"~ 3:\"Good day. are you\"~ ");
  listener->end();
  phrase("Are you open?", 480, 0.4);
  CHECK(said() == "3:\"Good day. Are you open?\"~ ");
  turn_end();
  CHECK(said() == "3:\"Good day. Are you open?\" ");
  CHECK(confidence == doctest::Approx(0.4));
  CHECK(wakes > 0);
  const std::string first = id();
  hear(4);
  CHECK(id() != first);
  CHECK(sent() == "STHAAAAAE" "THAAAAAE");
  phrase("Bye.");
  turn_end();
  CHECK(said() == "4:\"Bye.\"~ 4:\"Bye.\" ");
  CHECK(client.sockets.size() == 1);
}

TEST_CASE_FIXTURE(Listening, "RecognitionListener gives a rejected transcript for a turn that is too short, or in which the service recognises no speech") {
  hear(1, 99);
  CHECK(said() == "1:? ");
  CHECK(sent() == "S");
  hear(2, 100);
  CHECK(sent() == "STHAE");
  status("NoMatch");
  turn_end();
  CHECK(said() == "2:? ");
  hear(3);
  turn_end();
  CHECK(said() == "3:? ");
}

TEST_CASE_FIXTURE(Listening, "RecognitionListener uses the last hypothesis when the final text does not come in time") {
  hear(1);
  hypothesis("yes please");
  CHECK(said() == "1:\"yes please\"~ ");
  advance(2s - 1ms);
  CHECK(said() == "");
  advance(1ms);
  CHECK(said() == "1:\"yes please\" ");
  CHECK(listener->counters().unanswered == 1);
  phrase("Yes, please.");
  turn_end();
  CHECK(said() == "");
  hear(2);
  hypothesis("no");
  CHECK(said() == "2:\"no\"~ ");
  CHECK(client.sockets.size() == 1);
}

TEST_CASE_FIXTURE(Listening, "RecognitionListener fails a turn if the results of the service cover too little of its audio") {
  constexpr std::size_t kEnd = 4000, kEnough = kEnd - RecognitionProtocol::kMaxSilentMs;
  const auto settled_at = [&](std::size_t ms) {
    start();
    listener->begin(1, "");
    feed_ms(kEnd);
    phrase("I want to", ms);
    listener->end();
    said();
    advance(2s);
    return said();
  };
  CHECK(settled_at(kEnough) == "1:\"I want to\" ");
  CHECK_FALSE(socket().destroyed);
  CHECK(settled_at(kEnough - 1) == "1:!timeout ");
  CHECK(socket().destroyed);
  const auto guessed_at = [&](std::size_t ms) {
    start();
    listener->begin(1, "");
    feed_ms(kEnd);
    phrase("I want", 500);
    socket().say("speech.hypothesis", id(), {{"Text", "to order"}, {"Offset", 500 * 10'000}, {"Duration", (ms - 500) * 10'000}});
    listener->end();
    said();
    advance(2s);
    return said();
  };
  CHECK(guessed_at(kEnough) == "1:\"I want to order\" ");
  CHECK(guessed_at(kEnough - 1) == "1:!timeout ");
}

TEST_CASE_FIXTURE(Listening, "If the service ends its turn before it has recognised all audio, RecognitionListener sends the rest again, once") {
  listener->begin(1, "");
  feed_ms(4000);
  phrase("I want to", 1000);
  const std::string first = id();
  listener->end();
  turn_end();  // The service ends its turn although it has recognised only the first second.
  CHECK(id() != first);
  CHECK(sent().ends_with("TH" + std::string(30, 'A') + "E"));
  said();
  phrase("order a table.", 1400);
  turn_end();
  CHECK(said() == "1:\"I want to order a table.\"~ 1:\"I want to order a table.\" ");  // The listener does not send the remaining audio a third time.
}

TEST_CASE_FIXTURE(Listening, "RecognitionListener ends a turn if the results of the service cover all but the last kMaxSilentMs of its audio") {
  listener->begin(1, "");
  feed_ms(4000);
  listener->end();
  phrase("I want to order a table.", 4000 - RecognitionProtocol::kMaxSilentMs);
  said();
  turn_end();
  CHECK(said() == "1:\"I want to order a table.\" ");
}

TEST_CASE_FIXTURE(Listening, "RecognitionListener accepts a phrase without a position") {
  listener->begin(1, "");
  feed_ms(4000);
  listener->end();
  socket().say("speech.phrase", id(), {{"RecognitionStatus", "Success"}, {"DisplayText", "Yes."}});
  said();
  turn_end();
  CHECK(said() == "1:\"Yes.\" ");
}

TEST_CASE_FIXTURE(Listening, "If the service does not end an abandoned turn within 1 s, RecognitionListener opens another socket") {
  listener->begin(1, "");
  feed_ms(200);
  listener->abandon();
  advance(1s);
  CHECK(client.sockets[0]->destroyed);
  CHECK(client.sockets.size() == 2);
}

TEST_CASE_FIXTURE(Listening, "If the service does not respond at all, RecognitionListener fails the turn and replaces the socket") {
  hear(1);
  advance(2s);
  CHECK(said() == "1:!timeout ");
  CHECK(client.sockets[0]->destroyed);
  hear(2);
  CHECK(client.sockets.size() == 2);
}

TEST_CASE_FIXTURE(Listening, "After an abandoned turn, RecognitionListener begins the next turn only when the service has ended the abandoned one") {
  listener->begin(1, "");
  feed_ms(200);
  const std::string noise = id();
  listener->abandon();
  CHECK(sent() == "STHAAE");
  hear(2);
  CHECK(sent() == "STHAAE");
  socket().say("speech.phrase", noise, {{"RecognitionStatus", "Success"}, {"DisplayText", "noise"}, {"Offset", 0}, {"Duration", 1}});
  socket().say("turn.end", noise, json::object());
  CHECK(sent() == "STHAAE" "THAAAAAE");
  CHECK(said() == "");
  socket().say("speech.hypothesis", noise, {{"Text", "late"}, {"Offset", 0}, {"Duration", 1}});
  CHECK(said() == "");
  CHECK(listener->counters().late == 2);
  phrase("Yes.");
  turn_end();
  CHECK(said() == "2:\"Yes.\"~ 2:\"Yes.\" ");
}

TEST_CASE_FIXTURE(Listening, "If the service does not end an abandoned turn, RecognitionListener sends the next turn on another socket") {
  listener->begin(1, "");
  feed_ms(200);
  listener->abandon();
  listener->begin(2, "");
  feed_ms(300);
  advance(1s - 1ms);
  CHECK(client.sockets.size() == 1);
  advance(1ms);
  REQUIRE(client.sockets.size() == 2);
  CHECK(client.sockets[0]->destroyed);
  CHECK(sent() == "S");
  socket().open();
  CHECK(sent() == "STHAAA");
}

TEST_CASE_FIXTURE(Listening, "If the service ends its turn while the caller speaks, RecognitionListener begins a request, and sends the audio without a result again") {
  listener->begin(1, "");
  feed_ms(1000);
  phrase("Good day.", 700);
  const std::string first = id();
  turn_end();
  CHECK(id() != first);
  CHECK(sent() == "STH" + std::string(10, 'A') + "THAAA");
  // In a new turn of the service, times count from the start of this turn. This phrase covers 200 of the 300 ms that were sent again.
  phrase("I call", 200);
  turn_end();
  CHECK(sent().ends_with("AAATHA"));
  listener->end();
  phrase("about a table.", 100);
  turn_end();
  CHECK(said() == "1:\"Good day.\"~ 1:\"Good day. I call\"~ 1:\"Good day. I call about a table.\"~ 1:\"Good day. I call about a table.\" ");
}

TEST_CASE_FIXTURE(Listening, "RecognitionListener fails a turn of the caller that the service divides into more than kMaxServiceTurns turns") {
  listener->begin(1, "");
  feed_ms(200);
  for (unsigned i = 1; i < RecognitionProtocol::kMaxServiceTurns; ++i) turn_end();
  CHECK(said() == "");
  turn_end();
  CHECK(said() == "1:!protocol ");
  CHECK(socket().of("speech.context").size() == RecognitionProtocol::kMaxServiceTurns);
}

TEST_CASE_FIXTURE(Listening, "RecognitionListener ignores and counts garbage, unknown messages and messages of other requests") {
  listener->begin(1, "");
  feed_ms(500);
  socket().say_raw("garbage");
  socket().handler.on_binary("\xFF\xFF");
  socket().say_raw("Path: speech.phrase\r\nX-RequestId: " + id() + "\r\n\r\n{broken");
  socket().say("speech.phrase", id(), {{"RecognitionStatus", "Whatever"}});
  socket().say("speech.hypothesis", id(), json::array());
  socket().say("speech.hypothesis", id(), {{"NoText", 1}});
  CHECK(listener->counters().garbage == 6);
  socket().say("speech.new", id(), json::object());
  socket().say("speech.phrase", "ffff", {{"RecognitionStatus", "Success"}, {"DisplayText", "other"}});
  socket().say("turn.end", "ffff", json::object());
  CHECK(listener->counters().late == 2);
  socket().say("speech.phrase", id(), {{"RecognitionStatus", "Success"}, {"DisplayText", " Simple. "}, {"Offset", 1e30}, {"Duration", -5}});
  CHECK(said() == "1:\"Simple.\"~ ");
  // A phrase that ends after the sent audio covers only the sent audio.
  socket().say("speech.phrase", id(), {{"RecognitionStatus", "Success"}, {"DisplayText", ""}, {"Offset", INT64_MAX}, {"Duration", INT64_MAX}});
  turn_end();
  feed_ms(100);
  CHECK(sent().ends_with("AATHA"));
}

TEST_CASE_FIXTURE(Listening, "RecognitionListener bounds the audio and the text of a turn") {
  listener->begin(1, "");
  for (std::size_t ms = 0; ms < TurnUplink::kMaxTurnMs; ms += 100) {
    feed_ms(100);
    advance(100ms);
  }
  CHECK(listener->counters().unheard_octets == 0);
  feed_ms(1);
  CHECK(listener->counters().unheard_octets == 16);
  CHECK(octets_sent() == TurnUplink::kMaxTurnMs * 16);
  phrase(std::string(kMaxRecognisedText, 'x'));
  phrase("more");
  listener->end();
  turn_end();
  CHECK(said().size() < 2 * kMaxRecognisedText + 100);
}

TEST_CASE_FIXTURE(Listening, "RecognitionListener sends at most kMaxPhrases expected phrases to the service") {
  const auto items_of = [&](std::size_t phrases) {
    options.phrases.assign(phrases, "Offhook \"x\"");
    start();
    hear(1);
    return json::parse(socket().of("speech.context").back().body)["dgi"]["groups"][0]["items"];
  };
  CHECK(items_of(1) == json::parse(R"([{"text":"Offhook \"x\""}])"));
  CHECK(items_of(kMaxPhrases).size() == kMaxPhrases);
  CHECK(items_of(kMaxPhrases + 1).size() == kMaxPhrases);
}

TEST_CASE("RecognitionReader reads the simple and the detailed form, and cuts a long text between two characters") {
  RecognitionReader reader;
  const auto text_of = [&](std::size_t octets) {
    const auto heard = reader.read(json{{"Text", std::string(octets - 2, 'x') + "\xC3\xA9"}}.dump());
    return heard ? heard->text.size() : 0;
  };
  CHECK(text_of(kMaxRecognisedText) == kMaxRecognisedText);
  CHECK(text_of(kMaxRecognisedText + 1) == kMaxRecognisedText - 1);
  const auto simple = reader.read(R"({"RecognitionStatus":"Success","DisplayText":"Yes.","Offset":10,"Duration":5})");
  REQUIRE(simple);
  CHECK(simple->text == "Yes.");
  CHECK(simple->confidence == 1);
  CHECK(simple->end_ticks == 15);
  const auto detailed = reader.read(R"({"RecognitionStatus":"Success","NBest":[{"Confidence":7,"Display":"A."},{"Confidence":0.1,"Display":"B."}]})");
  REQUIRE(detailed);
  CHECK(detailed->text == "A.");
  CHECK(detailed->confidence == 1);
  CHECK_FALSE(reader.read("[]"));
  CHECK_FALSE(reader.read(R"({"RecognitionStatus":7})"));
}

TEST_CASE("locale_of adds the region with the most speakers to a language without a region") {
  CHECK(locale_of("") == "en-US");
  CHECK(locale_of("pt-BR") == "pt-BR");
  CHECK(locale_of("pt_PT") == "pt-PT");
  CHECK(locale_of("de") == "de-DE");
  CHECK(locale_of("EN") == "en-US");
  CHECK(locale_of("ja") == "ja-JP");
}

TEST_CASE("url_of derives the host from the region, and uses a configured endpoint unchanged") {
  Server server;
  server.region = "chinaeast2";
  CHECK(url_of(server, Service::Synthesis, "/x") == "https://chinaeast2.tts.speech.azure.cn/x");
  server.region = "usgovvirginia";
  CHECK(url_of(server, Service::Recognition, "/x") == "https://usgovvirginia.stt.speech.azure.us/x");
  server.endpoint = "http://127.0.0.1:5000//";
  CHECK(url_of(server, Service::Recognition, "/x") == "http://127.0.0.1:5000/x");
  CHECK(socket_to(server, Service::Recognition, "/x", "1").url == "ws://127.0.0.1:5000/x");
  CHECK(request_to(server, Service::Recognition, "/x").headers.empty());
}

TEST_CASE_FIXTURE(Listening, "RecognitionListener reports the length of the audio that it sent in each turn, even in an abandoned turn") {
  std::vector<base::Duration> used;
  options.report_use = [&used](const ServiceUse& use) { used.push_back(use.audio); };
  start();
  hear(1, 500);
  CHECK(used.empty());
  phrase("Ja.", 500);
  turn_end();
  while (listener->poll()) {
  }
  CHECK(used == std::vector<base::Duration>{500ms});
  listener->begin(2, "");
  feed_ms(300);
  listener->abandon();
  CHECK(used.back() == 300ms);
  listener.reset();
  CHECK(used.size() == 2);
}
