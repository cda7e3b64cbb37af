#include <offhook/agent/records/listing.hpp>

#include <offhook/agent/records/text_columns.hpp>

#include <doctest/doctest.h>

#include <stdlib.h>
#include <time.h>

using namespace offhook;
using namespace offhook::agent::records;
using namespace std::chrono_literals;

namespace {

StoredCall stored(std::string id, std::chrono::seconds at = 1700000000s) {
  StoredCall call;
  call.record.id = std::move(id);
  call.record.sip_call_id = "abc@192.0.2.1";
  call.record.from = {"sip:+4930@pbx.example", "Al"};
  call.record.to = {"sip:6001@pbx.example", ""};
  call.record.invited_at = WallTime(at);
  call.record.answered_at = call.record.ended_at = call.record.invited_at;
  call.record.duration_ms = 83000;
  call.record.codec = "G722";
  call.record.ending = {Ending::By::Caller, "hung up", 0, {}, {}};
  return call;
}

MediaQuality ninety_nine_of_a_hundred() {
  MediaQuality media;
  media.packets_sent = 100;
  media.packets_received = 99;
  media.lost = 1;
  media.jitter_ms = 3.4;
  return media;
}

}  // namespace

TEST_CASE("A row has the time, the caller, the duration, and the end of a call") {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  StoredCall call = stored("c4llid");
  call.record.media = ninety_nine_of_a_hundred();
  const std::string row = table_row(call);
  for (const auto* part :
       {"c4llid", "2023-11-14 22:13:20", "in", "+4930 (Al)", "1:23", "G722", "caller: hung up", "1.0 % lost, 3 ms"}) {
    CAPTURE(part);
    CHECK(row.find(part) != std::string::npos);
  }
  CHECK(row.find('\n') == row.size() - 1);
}

TEST_CASE("A row fits the screen and keeps the most important columns. If there is no screen, nothing is cut") {
  StoredCall call = stored("k3x9f0a7c2m1p");
  call.record.from.display = "Alexandra of the workshop behind the station";
  call.record.ending = {Ending::By::Agent, "a part of the agent failed", 0, {}, {}};
  call.record.media = ninety_nine_of_a_hundred();
  CHECK(table_row(call).find("+4930 (Alexandra of the workshop behind the station)") != std::string::npos);
  CHECK(table_row(call).find("agent: a part of the agent failed") != std::string::npos);
  CHECK(table_row(call, 80).find("Alexandra of") == std::string::npos);
  for (const std::size_t screen : {40, 60, 79, 80, 100, 149, 150, 200}) {
    CAPTURE(screen);
    CHECK(columns_of(table_row(call, screen)) <= screen + 1);  // columns_of() counts the line feed too.
    CHECK(table_row(call, screen).starts_with("k3x9f0a7c2m1p  2023-11-1"));
  }
  CHECK(table_head(80).starts_with("id             time                 other party   ended by         quality\n"));
  CHECK(table_head(150) == table_head());
}

TEST_CASE("On a terminal, the names of the speakers have colours, and the words have none") {
  StoredCall call = stored("c4llid");
  call.record.turns = {{Turn::Kind::Opening, 0, {}, 0, 0, false, {}, 0, "Hello.", std::nullopt, std::nullopt},
                       {Turn::Kind::Speech, 63500, "open\x1b[31m?", 17, 0.875, false, {}, 0, "From nine", std::nullopt, std::nullopt}};
  const std::string text = conversation(call, true);
  CHECK(text.find("\x1b[36mcaller \x1b[0m open\\u001b[31m?") != std::string::npos);
  CHECK(text.find("\x1b[32magent  \x1b[0m From nine\n") != std::string::npos);
  CHECK(conversation(call).find('\x1b') == std::string::npos);
}

TEST_CASE("The row and the full view show the quality of a call in plain words") {
  StoredCall call = stored("c4llid");
  call.record.media = ninety_nine_of_a_hundred();
  MediaQuality& media = *call.record.media;
  media.mos = 4.13;
  media.mos_listening = 4.31;
  media.r = 85.2;
  media.one_way_ms = 72.4;
  media.bursts = 2;
  media.burst_ms = 80;
  media.burst_density = 0.5;
  media.gap_density = 0.012;
  media.speech_dbov = -21.4;
  media.peak_dbov = -3.0;
  media.silent_percent = 40;
  media.clipped_percent = 0.25;
  media.echo_return_loss_db = 31.7;
  media.one_way = "the peer hears nothing";
  CHECK(table_row(call).find("1.0 % lost, 3 ms, MOS 4.1\n") != std::string::npos);
  const std::string text = conversation(call);
  CHECK(text.find("quality      MOS 4.1 (4.3 without delay), R 85 of 93; 72 ms one way\n") != std::string::npos);
  CHECK(text.find("bursts       2 of 80 ms, in which 50 % were missing; 1.2 % between\n") != std::string::npos);
  CHECK(text.find("sound        speech -21 dBov, silent 40 %, clipped 0.2 %; the agent's echo is 32 dB quieter than the agent\n") != std::string::npos);
  CHECK(text.find("one way only the peer hears nothing\n") != std::string::npos);
}

TEST_CASE("conversation() shows each turn with its speaker, time and words") {
  StoredCall call = stored("c4llid");
  call.record.turns = {{Turn::Kind::Opening, 0, {}, 0, 0, false, {}, 0, "Hello.", std::nullopt, std::nullopt},
                       {Turn::Kind::Speech, 63500, "when are you open", 17, 0.875, false, "hours", 0.5, "From nine", 640, 900},
                       {Turn::Kind::Digits, 70000, "****", 4, 1, false, {}, 0, {}, std::nullopt, std::nullopt}};
  const std::string text = conversation(call);
  CHECK(text.find("  1:03.5  caller  when are you open  [0.88]\n") != std::string::npos);
  CHECK(text.find("agent   From nine  [hours 0.50, after 640 ms, interrupted at 0.9 s]\n") != std::string::npos);
  CHECK(text.find("caller  pressed ****\n") != std::string::npos);
}

TEST_CASE("conversation() shows troubles with their replacement providers, tool calls, and notes") {
  StoredCall call = stored("c4llid");
  call.record.agent = "reception";
  call.record.troubles = {{12300, "think", "openai answered 503", "openai/think", "local/think"}, {20000, "speak", "an empty reply", {}, {}}};
  call.record.troubles_left_out = 4;
  call.record.tools = {{30000, "transfer", true, false}, {31000, "hold", false, true}, {32000, "note", false, false}};
  call.record.notes = {"call Al back"};
  const std::string text = conversation(call);
  for (const auto* part :
       {"agent        reception\n", "trouble        0:12.3  think: openai answered 503; local/think instead of openai/think\n",
        "trouble        0:20.0  speak: an empty reply\n", "trouble      ... and 4 more\n", "tool           0:30.0  transfer: done\n",
        "tool           0:31.0  hold: refused\n", "tool           0:32.0  note: no result\n", "note         call Al back\n"}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
}

TEST_CASE("The table and the full view escape control characters of a peer's texts") {
  StoredCall call = stored("\x1b[2J");
  for (std::string* text :
       {&call.record.sip_call_id, &call.record.from.uri, &call.record.from.display, &call.record.dialled, &call.record.codec,
        &call.record.ending.cause, &call.record.ending.reason, &call.record.ending.detail, &call.record.transfer_target}) {
    *text = "a\x1b[31m\r\n\x7f\xc2\x9b";
  }
  call.record.ending.status = 486;
  call.record.turns = {{Turn::Kind::Speech, 0, "\x1b[2J", 1, 1, false, "\x1b[2J", 1, "\x1b[2J", 1, 1}};
  const std::string wild = "\x1b[2J\r\n\xc2\x9b";
  call.record.agent = wild;
  call.record.service = {wild, wild, wild};
  call.record.troubles = {{0, wild, wild, wild, wild}};
  call.record.tools = {{0, wild, true, false}};
  call.record.notes = {wild};
  for (const std::string& text : {table_row(call), conversation(call)}) {
    for (const char c : text) CHECK((c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)));
    CHECK(text.find("\xc2\x9b") == std::string::npos);
  }
}

TEST_CASE("parse_since() reads a time span back from now, a day, or a time, and refuses other text") {
  const WallTime now(1700000000s);
  CHECK(parse_since("90m", now) == now - 90min);
  CHECK(parse_since("12h", now) == now - 12h);
  CHECK(parse_since("7d", now) == now - 24h * 7);
  CHECK(parse_since("2023-11-14T22:13:20Z", {}) == now);
  CHECK(parse_since("2023-11-14", {}));
  CHECK(parse_since("4294967295d", now) == WallTime{});  // The span begins before 1970, so the result is limited to 1970.
  for (const auto* wrong : {"", "7", "9999-01-01", "-001-01-01", "1969-12-31", "d", "7w", "-7d", "2023-11", "2023-11-14T22", "2023-11-14x", "yesterday"})
    CHECK_FALSE(parse_since(wrong, now));
}

TEST_CASE("A failed call is one that was not answered, was interrupted, or ended by a fault") {
  StoredCall call = stored("a");
  CHECK_FALSE(is_failed(call));
  call.record.ending.cause = "media lost";
  CHECK(is_failed(call));
  call = stored("a");
  call.record.answered_at.reset();
  CHECK(is_failed(call));
  call = stored("a");
  call.state = StoredCall::State::Interrupted;
  CHECK(is_failed(call));
  call.state = StoredCall::State::InProgress;
  CHECK_FALSE(is_failed(call));
  CHECK(is_selected(stored("a"), {WallTime(1700000000s), false, 20}));
  CHECK_FALSE(is_selected(stored("a"), {WallTime(1700000001s), false, 20}));
  CHECK_FALSE(is_selected(stored("a"), {std::nullopt, true, 20}));
}

TEST_CASE("Newest keeps the newest calls, whatever the order of the input is, and returns the oldest of these calls first") {
  Newest newest(3);
  for (const int at : {5, 1, 9, 3, 7}) newest.add(stored(std::to_string(at), std::chrono::seconds(at)));
  std::string order;
  for (const auto& call : newest.take()) order += call.record.id;
  CHECK(order == "579");
}

TEST_CASE("is_named() accepts the id of a call, at least the first four characters of the id, or the SIP Call-ID") {
  const StoredCall call = stored("abcdefgh");
  CHECK(is_named(call, "abcdefgh"));
  CHECK(is_named(call, "abcd"));
  CHECK_FALSE(is_named(call, "abc"));
  CHECK_FALSE(is_named(call, ""));
  CHECK(is_named(call, "abc@192.0.2.1"));
}

TEST_CASE("json() returns the stored line of a call. For a call without an end, the type is the state of the call") {
  StoredCall call = stored("a");
  call.line = to_line(call.record, "run");
  call.line.pop_back();
  CHECK(json(call) == call.line);
  call.line = to_started_line(call.record, "run");
  call.line.pop_back();
  call.state = StoredCall::State::Interrupted;
  CHECK(json(call).starts_with("{\"v\":1,\"type\":\"interrupted\",\"run\":\"run\""));
  CHECK(json(call).find("crc") == std::string::npos);
  CHECK(json(call).ends_with("}}"));
}
