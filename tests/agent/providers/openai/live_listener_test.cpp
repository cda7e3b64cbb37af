#include "realtime_line.hpp"

#include <offhook/agent/providers/openai/live_listener.hpp>

using namespace offhook_test;
using offhook::agent::openai::LiveListener;
using offhook::agent::openai::LiveOptions;
using offhook::agent::openai::LiveProtocol;

namespace {

struct LiveLine {
  LiveLine() {
    options.server.base_url = "https://ears.example/v1";
    options.server.key = offhook::agent::Secret("sk-canary");
    options.shape.model = "hear-1";
    options.shape.prompt = "Offhook";
    start();
  }
  void start() {
    listener.emplace(options, client, [this] { ++wakes; });
    SessionContext context;
    context.language = "de-AT";
    listener->open(context);
    say({{"type", "session.created"}, {"session", {{"id", "s"}}}});
    say({{"type", "session.updated"}, {"session", json::object()}});
  }
  FakeSocket& socket() { return *client.sockets.back(); }
  void say(const json& frame) { socket().handler.on_text(frame.dump()); }
  void committed(const std::string& item) { say({{"type", "input_audio_buffer.committed"}, {"item_id", item}, {"previous_item_id", nullptr}}); }
  void piece(const std::string& item, const std::string& text) {
    say({{"type", "conversation.item.input_audio_transcription.delta"}, {"item_id", item}, {"content_index", 0}, {"delta", text}});
  }
  void completed(const std::string& item, const std::string& text) {
    say({{"type", "conversation.item.input_audio_transcription.completed"}, {"item_id", item}, {"content_index", 0}, {"transcript", text}});
  }
  void error(const std::string& code, const std::string& event_id, const std::string& type = "invalid_request_error") {
    say({{"type", "error"}, {"error", {{"type", type}, {"code", code}, {"message", "sk-canary"}, {"event_id", event_id}}}});
  }
  void hear(std::uint32_t turn, std::size_t ms = 500) {
    listener->begin(turn, "");
    listener->feed(std::vector<std::int16_t>(ms * 24, 5));
    listener->end();
  }
  /// Returns the messages on the current socket, one letter each: S for session.update, A for append, C for commit, L for clear.
  std::string sent() {
    std::string line;
    for (const json& frame : socket().sent) {
      const std::string type = frame["type"];
      line += type == "session.update" ? 'S' : type.ends_with("append") ? 'A' : type.ends_with("commit") ? 'C' : type.ends_with("clear") ? 'L' : '?';
    }
    return line;
  }
  std::string said() {
    std::string line;
    while (const auto event = listener->poll()) {
      if (const auto* transcript = std::get_if<Transcript>(&*event)) {
        line += std::to_string(transcript->turn) + ":" + (transcript->rejected ? "?" : "\"" + transcript->text + "\"");
        line += transcript->final ? " " : "~ ";
      } else {
        const auto& failed = std::get<ListenFailed>(*event);
        line += std::to_string(failed.turn) + ":!" + std::string(to_string(failed.kind)) + " ";
        why = failed.why;
      }
    }
    return line;
  }

  FakeClient client;
  LiveOptions options;
  int wakes = 0;
  std::string why;
  offhook::base::TimePoint now{};
  std::optional<LiveListener> listener;
};

}  // namespace

TEST_CASE_FIXTURE(LiveLine, "LiveListener reports the usage of each transcript, even of an abandoned turn") {
  std::vector<ServiceUse> used;
  options.report_use = [&used](const ServiceUse& use) { used.push_back(use); };
  start();
  const auto done = [this](const std::string& item, const json& usage) {
    say({{"type", "conversation.item.input_audio_transcription.completed"}, {"item_id", item}, {"content_index", 0}, {"transcript", "x"}, {"usage", usage}});
  };
  hear(1);
  committed("u1");
  done("u1", {{"type", "tokens"}, {"input_tokens", 20}, {"input_token_details", {{"audio_tokens", 18}}}, {"output_tokens", 5}});
  done("u0", {{"type", "duration"}, {"seconds", 2}});
  done("u2", nullptr);
  REQUIRE(used.size() == 2);
  CHECK(used[0].input_tokens == 20);
  CHECK(used[0].audio_input_tokens == 18);
  CHECK(used[0].output_tokens == 5);
  CHECK(used[1].audio == 2s);
  listener.reset();
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener opens a transcription session at the start of the call") {
  REQUIRE(client.sockets.size() == 1);
  CHECK(socket().request.url == "wss://ears.example/v1/realtime?intent=transcription");
  CHECK(socket().request.headers[0] == std::pair<std::string, std::string>("authorization", "Bearer sk-canary"));
  REQUIRE(sent() == "S");
  CHECK(socket().sent[0]["session"] == json::parse(R"({"type":"transcription","audio":{"input":{"format":{"type":"audio/pcm","rate":24000},)"
                                                   R"("transcription":{"model":"hear-1","language":"de","prompt":"Offhook"},"turn_detection":null}}})"));
  CHECK(listener->rate_hz() == 24000);
  options.shape.format = AudioFormat::Pcmu;
  start();
  CHECK(socket().sent[0]["session"]["audio"]["input"]["format"] == json::parse(R"({"type":"audio/pcmu"})"));
  CHECK(listener->rate_hz() == 8000);
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener sends audio while the caller speaks, and gives the texts that the server sends") {
  listener->begin(3, "");
  listener->feed(std::vector<std::int16_t>(24 * 59, 5));
  CHECK(sent() == "S");
  listener->feed(std::vector<std::int16_t>(24, 5));
  CHECK(sent() == "SA");
  listener->feed(std::vector<std::int16_t>(24 * 70, 5));
  CHECK(sent() == "SAA");
  listener->end();
  CHECK(sent() == "SAAAC");
  CHECK(socket().sent[1]["audio"].get<std::string>().size() == 60 * 48 * 4 / 3);
  CHECK(socket().sent[3]["audio"].get<std::string>().size() == (10 * 48 + 2) / 3 * 4);
  committed("i1");
  piece("i1", "Good");
  piece("i1", " day");
  completed("i1", " Good day. ");
  CHECK(said() == "3:\"Good\"~ 3:\"Good day\"~ 3:\"Good day.\" ");
  CHECK(wakes > 0);
  hear(4);
  committed("i2");
  completed("i2", "Bye.");
  CHECK(said() == "4:\"Bye.\" ");
  CHECK(client.sockets.size() == 1);
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener gives a rejected transcript for a turn that is too short or has a blank text") {
  hear(1, TurnUplink::kMinMs - 1);
  CHECK(said() == "1:? ");
  CHECK(sent() == "SAL");
  hear(2, TurnUplink::kMinMs);
  CHECK(sent().ends_with("AAC"));
  committed("i");
  completed("i", " ");
  CHECK(said() == "2:? ");
  hear(3);
  error("input_audio_buffer_commit_empty", "commit_3");
  CHECK(said() == "3:? ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener bounds the audio of a turn, and counts the excess") {
  hear(1, TurnUplink::kMaxTurnMs);
  CHECK(listener->counters().unheard_octets == 0);
  const std::size_t frames = socket().sent.size();
  CHECK(frames == 2 + TurnUplink::kMaxTurnMs / LiveProtocol::kFrameMs);
  listener->begin(2, "");
  for (std::size_t i = 0; i < TurnUplink::kMaxTurnMs / 10; ++i) listener->feed(std::vector<std::int16_t>(240, 5));
  CHECK(listener->counters().unheard_octets == 0);
  listener->feed(std::vector<std::int16_t>(1, 5));
  CHECK(listener->counters().unheard_octets == 2);
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener ignores later results of an abandoned turn") {
  listener->begin(1, "");
  listener->feed(std::vector<std::int16_t>(24 * 200, 5));
  listener->abandon();
  CHECK(sent() == "SAAAL");
  hear(2);
  listener->abandon();
  hear(3);
  committed("i2");
  piece("i2", "noise");
  completed("i2", "noise");
  CHECK(said() == "");
  committed("i3");
  completed("i3", "Yes.");
  CHECK(said() == "3:\"Yes.\" ");
  CHECK(listener->counters().late == 2);
}

TEST_CASE_FIXTURE(LiveLine, "If its socket breaks, LiveListener fails the current turn, and opens another socket for the next turn") {
  listener->begin(1, "");
  listener->feed(std::vector<std::int16_t>(24 * 200, 5));
  socket().handler.on_closed({std::nullopt, 0, "", 1011, ""});
  CHECK(said() == "1:!network ");
  listener->feed(std::vector<std::int16_t>(24 * 200, 5));
  listener->end();
  CHECK(said() == "");
  CHECK(client.sockets.size() == 1);
  hear(2);
  REQUIRE(client.sockets.size() == 2);
  CHECK(client.sockets[0]->destroyed);
  CHECK(sent().starts_with("SA"));
  committed("i");
  completed("i", "Here.");
  CHECK(said() == "2:\"Here.\" ");
  socket().handler.on_closed({std::nullopt, 0, "", 1000, ""});
  CHECK(said() == "");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener reports the kind of a failure, and shows no secret") {
  hear(1);
  socket().handler.on_closed({std::nullopt, 401, "", 0, ""});
  CHECK(said() == "1:!auth ");
  hear(2);
  socket().handler.on_closed({net::NetError{net::NetError::What::Timeout, "x"}, 0, "", 1006, ""});
  CHECK(said() == "2:!timeout ");
  hear(3);
  committed("i3");
  say({{"type", "conversation.item.input_audio_transcription.failed"}, {"item_id", "i3"}, {"content_index", 0},
       {"error", {{"type", "server_error"}, {"code", "audio_unintelligible"}, {"message", "sk-canary"}}}});
  CHECK(said() == "3:!overloaded ");
  CHECK(why.find("sk-canary") == std::string::npos);
  hear(4);
  error("whatever", "commit_4");
  CHECK(said() == "4:!protocol ");
  hear(5);
  error("something", "");
  CHECK(said() == "");
  CHECK(listener->counters().passed_errors == 1);
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener opens another session after the server refused the settings, or after the session expired") {
  hear(1);
  error("model_not_found", "session");
  CHECK(said() == "1:!protocol ");
  hear(2);
  CHECK(client.sockets.size() == 2);
  error("session_expired", "");
  CHECK(said() == "2:!network ");
  hear(3);
  CHECK(client.sockets.size() == 3);
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener uses the session that it opened at the start of the call, for any value of the clock") {
  listener->tick(now + std::chrono::hours(1000));
  hear(1);
  CHECK(client.sockets.size() == 1);
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener replaces its session between two turns before the session is one hour old, the limit of the server") {
  listener->tick(now);
  listener->tick(now + LiveProtocol::kRenewAfter - 1ms);
  hear(1);
  CHECK(client.sockets.size() == 1);
  committed("i");
  completed("i", "Yes.");
  listener->tick(now + LiveProtocol::kRenewAfter);
  hear(2);
  CHECK(client.sockets.size() == 2);
  committed("i");
  completed("i", "No.");
  CHECK(said() == "2:\"No.\" ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener ignores garbage and unknown messages, and replaces a session that leaves kMaxCommits commits unanswered") {
  socket().handler.on_text("garbage");
  say({{"type", "something.new"}});
  CHECK(listener->counters().garbage == 1);
  for (std::uint32_t turn = 1; turn <= LiveProtocol::kMaxCommits; ++turn) {
    hear(turn);
    CHECK(said() == "");
  }
  hear(100);
  CHECK(said() == "100:!timeout ");
  hear(101);
  CHECK(client.sockets.size() == 2);
}
